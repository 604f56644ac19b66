import Commands
import Glibc

exit(MainCommand.run(Array(CommandLine.arguments.dropFirst())))
