"""``python -m personalize_sfn``: the command ``personalize-sfn``."""

from personalize_sfn.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
