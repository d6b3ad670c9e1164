"""The checks of a plan, one subject a module. Each returns findings; a check that passes says so too."""
