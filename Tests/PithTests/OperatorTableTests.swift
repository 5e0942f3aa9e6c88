import Foundation
import PithTestSupport
import Testing

/// The table of operators is what the code says. `tools/operators` writes it anew.
@Suite struct OperatorTableTests {
  @Test func documentIsUpToDate() throws {
    let path = URL(filePath: ModelFixture.folder).deletingLastPathComponent().path + "/docs/operators.md"
    let table = try OperatorTable.markdown()
    #expect(table.contains("| Conv |" + String(repeating: " ✓ |", count: 10)))
    if ProcessInfo.processInfo.environment["PITH_WRITE_OPERATORS"] != nil {
      try table.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let written = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    #expect(written == table, "docs/operators.md is out of date: run tools/operators")
  }
}
