import Foundation
import PithData
import Testing

@testable import PithData

@Suite struct CSVTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  private func table(
    _ text: String, labelColumn: String? = nil
  ) throws -> (inputs: [Float], labels: [Int]?, shape: [Int]) {
    var source = try DataSource(files.write(text, "a.csv"))
    source.labelColumn = labelColumn
    let set = try DataSet(source)
    let batch = try #require(try set.batches(of: 1000).next())
    return (batch.inputs, batch.labels, set.sampleShape)
  }

  @Test(arguments: [
    "1,2.5,-3\n4,5e-1,6\n", "1,2.5,-3\r\n4,5e-1,6\r\n", "1,2.5,-3\n\n \n4,5e-1,6", "1;2.5;-3\n4;0.5;6",
    "1\t2.5\t-3\n4\t.5\t6\n", " 1 , 2.50 ,-3.\n+4,0.5,06\n", "\"1\",\"2.5\",\"-3\"\n4,\"0.5\" ,6\r",
    "a,b,c\n1,2.5,-3\n4,5e-1,6\n", "\u{FEFF}a,b,c\n1,2.5,-3\n4,5e-1,6\n",
    "\"a, \"\"b\"\"\",\"b\nb\",c\n1,2.5,-3\n4,5e-1,6\n",
  ])
  func readsTheSameNumbers(text: String) throws {
    let (inputs, labels, shape) = try table(text)
    #expect(inputs == [1, 2.5, -3, 4, 0.5, 6])
    #expect(labels == nil)
    #expect(shape == [3])
    let zipped = try files.write(text, "a.csv.gz")
    #expect(try all(zipped).inputs == inputs)
  }

  @Test func findsTheLabels() throws {
    let text = "width,label,height\n1,0,2\n3,1,4\n"
    #expect(try table(text).labels == [0, 1])
    #expect(try table(text).inputs == [1, 2, 3, 4])
    #expect(try table(text, labelColumn: "height").labels == [2, 4])
    #expect(try table("a,b,Y\n1,2,7\n").labels == [7])
    #expect(try table("class,y\n3,4\n").labels == [3])
    #expect(try table("1,2,7\n3,4,8\n").labels == nil)
    #expect(try table("1,2,7\n3,4,8\n", labelColumn: "last").labels == [7, 8])
    #expect(try table("1,2,7\n3,4,8\n", labelColumn: "first").labels == [1, 3])
    #expect(try table("1,2,7\n3,4,8.0\n", labelColumn: "3").labels == [7, 8])
    let images = try files.write("1,2\n3,4\n", "x.csv")
    let labels = try files.write("label\n5\n6\n", "y.csv")
    #expect(try all("\(images),\(labels)").labels == [5, 6])
  }

  @Test func errorsNameTheLine() throws {
    #expect(
      message { try table("a,b\n1,2\n\n3,x\n") }.hasSuffix(
        "a.csv: line 4: column 2 ('b') holds 'x', which is not a number; classes are numbers from 0"))
    #expect(message { try table("1,2\n3\n") }.contains("line 2: has 1 fields, and the first line has 2"))
    #expect(message { try table("1,2\n3,\n") }.contains("line 2: column 2 is empty; fill in a number"))
    #expect(
      message { try table("a,b\n1,2\n\"3,4\n") }.contains("line 3: field 1 begins with a quote that is never")
    )
    #expect(message { try table("1,2\n3,4\"5\n") }.contains("line 2: a quote in the middle of field 2"))
    #expect(message { try table("1,2\n3,nan\n") }.contains("sample 1 (from 0) holds nan"))
    #expect(message { try table("1,2\n3,1e999\n") }.contains("sample 1 (from 0) holds inf"))
    #expect(message { try table("a,b\n") }.contains("holds no samples"))
    #expect(message { try table("\n\n") }.contains("has no lines"))
    #expect(message { try table("label\n1\n") }.contains("has a column of labels and none of data"))
    #expect(message { try table("a,label\n1,0.5\n") }.contains("the label of sample 0 is 0.5"))
    #expect(
      message { try table("a,b\n1,2\n", labelColumn: "c") }.contains("has no column 'c' for the labels"))
    #expect(message { try table("1,2\n", labelColumn: "3") }.contains("its 2 columns are without names"))
    #expect(
      message { try all(files.write("a,label\n1,2\n", "x.csv") + "," + files.write("1\n", "y.csv")) }
        .contains("one file too many"))
    let columns = try files.write("1,2\n", "two.csv")
    #expect(message { try DataSet("\(columns),\(columns)") }.contains("none of them headed 'label'"))
  }

  /// The quick reading of plain decimals rounds as the standard library does.
  @Test func decimalsAreRoundedCorrectly() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let digits = String(Int.random(in: 0..<1_000_000_000_000_000, using: &random))
      let point = Int.random(in: 0...digits.count, using: &random)
      let text = (Bool.random() ? "-" : "") + digits.prefix(point) + "." + digits.dropFirst(point)
      let quick = Array(text.utf8).withUnsafeBufferPointer { CSVReader.decimal($0[...]) }
      #expect(quick == Double(text.hasSuffix(".") ? text + "0" : text), "\(text)")
    }
    for text in ["", "-", ".", "1.2.3", "1-", "1e5", "12345678901234567", "0x1"] {
      #expect(Array(text.utf8).withUnsafeBufferPointer { CSVReader.decimal($0[...]) } == nil)
    }
  }

  /// Records that cross the boundaries of the reader's buffer.
  @Test func readsLongFiles() throws {
    let rows = 30_000
    let text = (0..<rows).map { "\($0),\"\($0 % 97)\",\($0).25\r\n" }.joined()
    let (inputs, _, _) = try table(text + "9,9,9")
    #expect(inputs.count == 3000)
    let whole = try all(files.path("a.csv"))
    #expect(whole.set.count == rows + 1)
    let wrong = (0..<rows).first { row in
      let expected: [Float] = [Float(row), Float(row % 97), Float(row) + 0.25]
      return Array(whole.inputs[3 * row..<3 * row + 3]) != expected
    }
    #expect(wrong == nil)
  }
}
