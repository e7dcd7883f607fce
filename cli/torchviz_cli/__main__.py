"""`python -m torchviz_cli`."""

from torchviz_cli.app import main

if __name__ == "__main__":
    main()
