import Foundation
import PithTestSupport
import Testing

/// ONNX's backend tests of single nodes: all pass but those that `fixtures/conformance/onnx-exceptions.txt` lists with the
/// reason, and those do not.
@Suite struct ConformanceTests {
  /// Names and reasons, a line each: `test_name: reason`.
  static func exceptions() throws -> [String: String] {
    let path = ModelFixture.folder + "/conformance/onnx-exceptions.txt"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var result: [String: String] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      result[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return result
  }

  @Test func nodesDoWhatTheReferenceDoes() throws {
    guard let root = ConformanceCase.root else {
      print("ONNX's backend tests are not here (package libonnx-testdata, or PITH_ONNX_TESTDATA): skipped")
      return
    }
    let exceptions = try Self.exceptions()
    var report: [String] = []
    var passed = 0
    let cases = try ConformanceCase.all(in: root)
    for test in cases {
      do {
        try test.run()
        passed += 1
        if exceptions[test.name] != nil {
          Issue.record("\(test.name) passes now: take it off the list of exceptions")
        }
      } catch {
        report.append("\(test.name): \(error)")
        if exceptions[test.name] == nil { Issue.record("\(test.name): \(error)") }
      }
    }
    for name in exceptions.keys.sorted() where !cases.contains(where: { $0.name == name }) {
      if root == ConformanceCase.standardFolder {
        Issue.record("\(name) is an exception, but there is no such test")
      }
    }
    print("ONNX conformance: \(passed) of \(cases.count) node tests pass")
    if let path = ProcessInfo.processInfo.environment["PITH_CONFORMANCE_REPORT"] {
      try (report.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
  }
}
