"""`python -m discovery_pipeline` is the `discovery` command."""

from discovery_pipeline.cli import main

if __name__ == "__main__":
    main()
