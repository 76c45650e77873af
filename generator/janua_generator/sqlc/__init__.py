"""sqlc's configuration: ``document`` reads the file, ``configuration`` its packages, ``conversion`` ours of it."""
