import Foundation
import PithTestSupport
import Testing

/// Runs of `compress` that are killed and resumed.
enum KilledRuns {
  /// Runs a command to its end in one folder and, killed again and again, in another: no kill leaves a file that is not
  /// whole, and both end in the same bytes.
  /// - Parameter arguments: of a command with `--resume` that writes `out.onnx` into a folder, and nothing else.
  static func expectSameBytes(
    seed: Int, sourceLocation: SourceLocation = #_sourceLocation, _ arguments: (TemporaryFolder) -> [String]
  ) throws {
    // The file's name is part of its history.
    let (whole, killed) = (try TemporaryFolder(), try TemporaryFolder())
    let start = Date()
    let first = try CompressCommand.run(arguments(whole))
    #expect(first.status == 0, "\(first.error)", sourceLocation: sourceLocation)
    let duration = Date().timeIntervalSince(start)
    var random = SeededRandom(seed: seed)
    var kills = 0
    for attempt in 0..<5 {
      // The first comes early, since the next run may be faster than the last.
      let delay = attempt == 0 ? 0.15 * duration : 0.7 * random.unit() * duration
      // One that came to its end leaves nothing to interrupt.
      guard try CompressCommand.kill(arguments(killed), after: delay) else { break }
      kills += 1
      // Killed behind the last write: what is there is whole, as the end of the test finds.
      let left = visible(killed)
      if left.contains("out.onnx") { break }
      #expect(left.isEmpty || left == ["out.onnx.checkpoint"], "\(left)", sourceLocation: sourceLocation)
    }
    #expect(kills > 0, sourceLocation: sourceLocation)
    if !killed.contents.contains("out.onnx") {
      let result = try CompressCommand.run(arguments(killed))
      #expect(result.status == 0, "\(result.error)", sourceLocation: sourceLocation)
      #expect(visible(killed) == ["out.onnx"], sourceLocation: sourceLocation)
    }
    let bytes = try [whole, killed].map { try Data(contentsOf: URL(filePath: $0.path("out.onnx"))) }
    #expect(bytes[0] == bytes[1], sourceLocation: sourceLocation)
  }

  /// A file that has no name until it is whole may have a hidden one for the moment in between.
  private static func visible(_ folder: TemporaryFolder) -> [String] {
    folder.contents.filter { !$0.hasSuffix(".part") }
  }
}
