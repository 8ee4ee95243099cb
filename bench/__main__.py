import sys
from .messages import main
main(sys.argv[2:])
