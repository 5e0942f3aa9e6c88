import ArgumentParser
import Foundation
import Pith

/// What happens before a command runs, and after one fails.
enum Startup {
  /// Starts the process again where OpenBLAS has to be told the CPU's kind before it is loaded, and lets a closed pipe
  /// be an error instead of the end.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    guard BLASConfiguration.needsCoreType() else { return }
    setenv(BLASConfiguration.variable, BLASConfiguration.value, 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    arguments.append(nil)
    execv("/proc/self/exe", arguments)
    // Where that fails, the program runs as it is, only slower.
  }

  /// Prints one line and ends the process: 0 for help, 64 for wrong usage, 1 for everything else.
  static func exit(reporting error: any Error, as command: (some ParsableCommand).Type) -> Never {
    if error is ExitCode || error is CleanExit || error is ValidationError || isUsage(error, command) {
      command.exit(withError: error)
    }
    let line = String(describing: error).replacingOccurrences(of: "\n", with: " ")
    FileHandle.standardError.write(Data("compress: \(line)\n".utf8))
    Foundation.exit(1)
  }

  /// Whether the argument parser made the error.
  private static func isUsage(_ error: any Error, _ command: (some ParsableCommand).Type) -> Bool {
    String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
