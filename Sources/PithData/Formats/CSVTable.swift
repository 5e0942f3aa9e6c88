import PithFiles

/// A table of numbers as text: a sample a line, a column an element, and a column of labels if there is one.
///
/// The first line is a header if any of its fields is not a number. Fields are separated by commas, or by
/// semicolons or tabs where the first line has no comma. The column of labels is the one that is named, else
/// the one whose header is of ``labelNames``; without a header there is none unless it is named. Several may be
/// named, with commas between: they are then read as samples of their own, by ``labelTable``.
struct CSVTable: SampleSource {
  let name: String
  let count: Int
  let delimiter: UInt8
  /// The header, if there is one.
  let header: [String]?
  let columnCount: Int
  /// The column of labels, from 0, if there is one.
  let labelColumn: Int?
  /// The columns that are the elements of a sample.
  private(set) var elementColumns: [Int]
  /// The columns of labels where there are several.
  private let labelColumns: [Int]

  static let labelNames = ["label", "labels", "class", "target", "y"]

  var sampleShape: [Int] { [elementColumns.count] }
  var holdsLabels: Bool { labelColumn != nil }
  var holdsPixels: Bool { false }

  /// - Parameters:
  ///   - labelColumn: the header of the column of labels, or `first`, `last`, or its number from 1; or several.
  ///   - isLabels: whether the file is read for its labels: a single column then holds them.
  /// - Throws: `FileError` when the file is empty or damaged, or has no such column.
  init(_ path: String, labelColumn named: String?, isLabels: Bool = false) throws {
    name = path
    delimiter = try CSVTable.delimiter(of: path)
    let records = try CSVRecords(path, delimiter: delimiter)
    guard try records.advance() else {
      throw FileError(path: path, reason: "has no lines; it should hold a sample a line")
    }
    columnCount = records.fieldCount
    let fields = (0..<records.fieldCount).map(records.text)
    header = fields.contains { !$0.isEmpty && Double($0) == nil } ? fields : nil
    let labels =
      if isLabels, named == nil, columnCount == 1 {
        [0]
      } else {
        try CSVTable.labelColumns(named, header: header, columnCount: columnCount, file: path)
      }
    labelColumn = labels.count == 1 ? labels[0] : nil
    labelColumns = labels.count == 1 ? [] : labels
    elementColumns = (0..<columnCount).filter { !labels.contains($0) }
    if !isLabels, elementColumns.isEmpty {
      throw FileError(path: path, reason: "has a column of labels and none of data; add the samples' columns")
    }
    var count = header == nil ? 1 : 0
    while try records.advance() { count += 1 }
    self.count = count
  }

  func makeReader() throws -> any SampleReader { try CSVReader(self) }

  /// The labels of each sample as a sample of their own, where they are in several columns.
  var labelTable: CSVTable? {
    guard !labelColumns.isEmpty else { return nil }
    var table = self
    table.elementColumns = labelColumns
    return table
  }

  /// What errors call the columns of labels.
  var labelColumnNames: String {
    (labelColumn.map { [$0] } ?? labelColumns).map(columnName).joined(separator: " and ")
  }

  /// What errors call a column.
  func columnName(_ column: Int) -> String {
    header.map { "column \(column + 1) ('\($0[column])')" } ?? "column \(column + 1)"
  }

  private static func delimiter(of path: String) throws -> UInt8 {
    let stream = try FileStream(path)
    var head = [UInt8](repeating: 0, count: 4096)
    head.removeLast(head.count - (try head.withUnsafeMutableBytes { try stream.read(into: $0) }))
    let line = head.drop { $0 == 0x0A || $0 == 0x0D }.prefix { $0 != 0x0A }
    return [",", ";", "\t"].map { UInt8(ascii: $0) }.first(where: line.contains) ?? UInt8(ascii: ",")
  }

  private static func labelColumns(
    _ named: String?, header: [String]?, columnCount: Int, file: String
  ) throws -> [Int] {
    guard let named else {
      let names = header?.map { $0.lowercased() } ?? []
      return labelNames.lazy.compactMap { names.firstIndex(of: $0) }.first.map { [$0] } ?? []
    }
    if let column = header?.firstIndex(of: named) { return [column] }
    var columns: [Int] = []
    for name in named.split(separator: ",", omittingEmptySubsequences: false) {
      let column = try labelColumn(
        name.trimmingSpaces(), header: header, columnCount: columnCount, file: file)
      if columns.contains(column) {
        throw FileError(path: file, reason: "\(named): the column '\(name)' of labels is named twice")
      }
      columns.append(column)
    }
    return columns
  }

  private static func labelColumn(
    _ named: String, header: [String]?, columnCount: Int, file: String
  ) throws -> Int {
    if let column = header?.firstIndex(of: named) { return column }
    if named == "first" { return 0 }
    if named == "last" { return columnCount - 1 }
    if let number = Int(named), (1...columnCount).contains(number) { return number - 1 }
    let columns = header.map { "'\($0.prefix(8).joined(separator: "', '"))'\($0.count > 8 ? ", …" : "")" }
    throw FileError(
      path: file,
      reason: "has no column '\(named)' for the labels: its \(columnCount) columns are "
        + "\(columns ?? "without names"); name one, or say first, last or a number from 1")
  }
}

/// Reads the numbers of a table line by line.
final class CSVReader: SampleReader {
  private let table: CSVTable
  private let records: CSVRecords

  init(_ table: CSVTable) throws {
    self.table = table
    records = try CSVRecords(table.name, delimiter: table.delimiter)
    if table.header != nil { _ = try records.advance() }
  }

  func read(into sample: UnsafeMutableBufferPointer<Double>) throws -> Double? {
    try advance()
    guard records.fieldCount == table.columnCount else {
      throw records.error("has \(records.fieldCount) fields, and the first line has \(table.columnCount)")
    }
    for (element, column) in table.elementColumns.enumerated() {
      let value = try number(column)
      if element < sample.count { sample[element] = value }
    }
    return try table.labelColumn.map(number)
  }

  func skip(_ count: Int) throws {
    for _ in 0..<count { try advance() }
  }

  func finish() throws {
    if try records.advance() { throw records.error("was not there before; the file has changed") }
  }

  private func advance() throws {
    guard try records.advance() else {
      throw FileError(path: table.name, reason: "has fewer lines than before; it has changed")
    }
  }

  private func number(_ column: Int) throws -> Double {
    let range = records.range(column)
    if let value = records.bytes.withUnsafeBufferPointer({ CSVReader.decimal($0[range]) }) { return value }
    let text = records.text(column)
    if let value = Double(text) { return value }
    if text.isEmpty {
      throw records.error("\(table.columnName(column)) is empty; fill in a number, or leave the line away")
    }
    let remedy =
      column == table.labelColumn || column == table.columnCount - 1
      ? "classes are numbers from 0" : "leave the column away, or replace its words by numbers"
    throw records.error(
      "\(table.columnName(column)) holds '\(text.prefix(40))', which is not a number; \(remedy)")
  }

  /// Reads digits with at most one point and a sign, up to 15 of them: then both the digits and the power of
  /// ten are exact in `Double`, and one division rounds correctly (W. D. Clinger, "How to read floating point
  /// numbers accurately", 1990). Anything else is left to the standard library.
  static func decimal(_ field: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    var digits = 0
    var count = 0
    var decimals = -1
    var isNegative = false
    for (index, byte) in zip(field.indices, field) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = digits * 10 + Int(byte - UInt8(ascii: "0"))
        count += 1
        if count > 15 { return nil }
        if decimals >= 0 { decimals += 1 }
      case UInt8(ascii: ".") where decimals < 0: decimals = 0
      case UInt8(ascii: "-") where index == field.startIndex: isNegative = true
      default: return nil
      }
    }
    guard count > 0 else { return nil }
    let value = decimals > 0 ? Double(digits) / powersOfTen[decimals] : Double(digits)
    return isNegative ? -value : value
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]
}
