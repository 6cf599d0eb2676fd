"""`python -m nianbao`: the same as `nianbao`."""

from nianbao.cli import main

if __name__ == "__main__":
    main()
