"""``--data-dir``: what Personalize holds outlives the process, and a ``kill -9`` at any moment.

directory.py  the directory: its lock, its database, its files, each written whole or not at all
arrays.py     columns as files (npz without pickle)
codec.py      values as JSON that names such files
resources.py  the records of the stores, kept at the end of every locked section
resume.py     changes that were under way when the process ended
"""

from personalize_sfn.local.personalize.lasting.directory import DataDirectory
from personalize_sfn.local.personalize.lasting.resources import Lasting

__all__ = ["DataDirectory", "Lasting"]
