import Foundation
import PithEngine
import Testing

/// The built `compress`, run as a user runs it.
struct CompressCommand {
  struct Result {
    var status: Int32
    var output: String
    var error: String

    /// What was printed, where it is exactly one JSON object.
    func object() throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
  }

  /// It lies beside the test bundle.
  private static let executable: URL? = {
    guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return nil
    }
    let url = URL(filePath: tests).deletingLastPathComponent().appending(path: "compress")
    return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
  }()

  /// OpenBLAS computes on the core that it computes on in this process, so that results can be compared bit for bit.
  private static let environment: [String: String] = {
    var environment = ProcessInfo.processInfo.environment
    environment[BLASConfiguration.variable] = BLASConfiguration.coreName
    return environment
  }()

  /// Runs it to its end.
  static func run(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> Result {
    let executable = try #require(
      executable, "compress is not built: swift build --product compress", sourceLocation: sourceLocation)
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment
    let folder = try TemporaryFolder()
    // Files and not pipes, which a long output would fill.
    let (output, error) = (folder.path("output"), folder.path("error"))
    for path in [output, error] { FileManager.default.createFile(atPath: path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: error))
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit, "ended by a signal", sourceLocation: sourceLocation)
    return Result(
      status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      error: try String(contentsOfFile: error, encoding: .utf8))
  }

  /// Runs it and kills it after some time, as a power cut would.
  /// - Returns: whether it was still running then.
  static func kill(
    _ arguments: [String], after seconds: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Bool {
    let executable = try #require(
      executable, "compress is not built: swift build --product compress", sourceLocation: sourceLocation)
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let end = Date(timeIntervalSinceNow: seconds)
    while process.isRunning, Date() < end { usleep(1000) }
    let wasRunning = process.isRunning
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return wasRunning
  }

  /// Runs it with arguments that have to fail, and returns the one line that it prints.
  static func failure(
    _ arguments: [String], status: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try run(arguments, sourceLocation: sourceLocation)
    #expect(result.status == status, "\(result.error)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    let lines = result.error.split(separator: "\n")
    #expect(lines.count == 1, "\(result.error)", sourceLocation: sourceLocation)
    #expect(result.error.hasPrefix("compress: "), sourceLocation: sourceLocation)
    return result.error
  }
}
