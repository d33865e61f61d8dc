"""What holds for all tests: examples of property tests may take the time that a busy machine takes for them."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
