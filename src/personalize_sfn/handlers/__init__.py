"""What the files in ``lambdas/`` are made of: create-or-find, status, delete, and the few tasks written by hand.

Each submodule makes one kind of handler from a :class:`~personalize_sfn.resources.ResourceType` row.  A function's zip
holds only the submodules that its file imports; they need boto3 and nothing heavier.  Everything comes from ``event``.
"""
