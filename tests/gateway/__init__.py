"""The gateway, module by module, against agents that are real servers."""
