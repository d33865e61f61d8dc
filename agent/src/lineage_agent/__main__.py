"""`python -m lineage_agent` is the `lineage-agent` command."""

from lineage_agent.cli import main

if __name__ == "__main__":
    main()
