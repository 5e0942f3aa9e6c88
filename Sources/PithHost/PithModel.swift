import CPith

/// What an input or output of a model is.
public struct PithInterface: Sendable, Equatable {
  /// The source model's name for it; empty where names were stripped.
  public let name: String
  /// float32, row-major, in the source model's order of axes.
  public let shape: [Int]
  public var elements: Int { shape.reduce(1, *) }

  public init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

/// An opened `.pith` file. It keeps its own copy of the file, unless it was made by `init(mapping:checksum:isa:)`, and may be
/// shared by any number of sessions and threads.
public final class PithModel: @unchecked Sendable {
  // Unchecked: nothing changes after init.
  private let file: AlignedBytes
  let opened: UnsafeMutablePointer<pith_model>

  public let inputs: [PithInterface]
  public let outputs: [PithInterface]
  /// What a streaming model remembers from run to run; empty for others.
  public let states: [PithInterface]
  /// The kernels that sessions use.
  public let isa: PithISA

  /// Reads a file. Throws one line that names it and says what is wrong: it is not there, damaged, of another version, not
  /// what the validator accepts, or this CPU lacks `isa`.
  public convenience init(contentsOf path: String, isa: PithISA = .automatic) throws(PithError) {
    try self.init(AlignedBytes.read(path: path), source: path, isa: isa)
  }

  /// Opens a file in place, copying nothing: for the shortest start, and for processes that share a large model's memory.
  /// Throws as `init(contentsOf:isa:)` does.
  ///
  /// The file must stay as it is for as long as the model lives. Where another process shortens it, the next access to what
  /// is gone ends this process with SIGBUS, and where another writes to it, the validator's word no longer holds: use this for
  /// files that only this program's installer or you replace, and replace those by renaming a new one.
  ///
  /// - Parameter checksum: whether to read the whole file once to find damage; without, the pages of the weights are read as
  ///   the first run needs them. The structure is validated either way.
  public convenience init(
    mapping path: String, checksum: Bool = true, isa: PithISA = .automatic
  ) throws(PithError) {
    try self.init(AlignedBytes.map(path: path), source: path, isa: isa, checksum: checksum)
  }

  /// Opens a file's content. `source` is what errors call it.
  public convenience init(
    bytes: [UInt8], source: String = "model", isa: PithISA = .automatic
  ) throws(PithError) {
    try self.init(AlignedBytes(bytes), source: source, isa: isa)
  }

  private init(
    _ file: AlignedBytes, source: String, isa: PithISA, checksum: Bool = true
  ) throws(PithError) {
    self.file = file
    opened = .allocate(capacity: 1)
    opened.initialize(to: pith_model())
    let status = pith_open(opened, file.start, file.count, checksum ? UInt32(PITH_OPEN_CHECKSUM.rawValue) : 0)
    guard status == PITH_OK else {
      let record = opened.pointee.last_error
      opened.deallocate()
      throw PithError(refusing: source, status, record: record)
    }
    let selected = pith_select(opened, isa.rawValue)
    guard selected == PITH_OK else {
      opened.deallocate()
      let all = PithISA.available.map(\.description).joined(separator: ", ")
      throw PithError(selected, "\(source): this CPU or build has no \(isa) kernels; it has \(all)")
    }
    self.isa = PithISA(rawValue: opened.pointee.isa) ?? .scalar
    let model = opened
    inputs = (0..<pith_input_count(model)).map { Self.describe(model, pith_input(model, $0)) }
    outputs = (0..<pith_output_count(model)).map { Self.describe(model, pith_output(model, $0)) }
    states = (0..<pith_state_count(model)).map { Self.describe(model, pith_state(model, $0)) }
  }

  deinit { opened.deallocate() }

  private static func describe(_ model: UnsafePointer<pith_model>, _ tensor: TensorPointer) -> PithInterface {
    PithInterface(
      name: String(cString: pith_name(model, tensor.pointee.name)),
      shape: tensor.pointee.shape)
  }

  /// Bytes of the file, of a session's working memory, and multiply-adds of a run.
  public var fileBytes: Int { Int(truncatingIfNeeded: opened.pointee.header.pointee.file_bytes) }
  public var arenaBytes: Int { pith_arena_bytes(opened) }
  public var multiplyAdds: UInt64 { opened.pointee.header.pointee.multiply_adds }
  /// The model's name; empty where it has none.
  public var name: String { text(opened.pointee.header.pointee.name) }

  /// The records, for reports: every one was validated.
  public var tensorCount: Int { Int(opened.pointee.tensor_count) }
  public var instructionCount: Int { Int(opened.pointee.instruction_count) }
  public func tensor(_ number: Int) -> pith_tensor {
    precondition((0..<tensorCount).contains(number), "no tensor \(number)")
    return opened.pointee.tensor(UInt32(number)).pointee
  }
  public func instruction(_ number: Int) -> pith_instruction {
    precondition((0..<instructionCount).contains(number), "no instruction \(number)")
    return opened.pointee.instruction(UInt32(number)).pointee
  }
  /// How the kernels in use are to run instruction `number`; nil where the file has no plans for them.
  public func plan(_ number: Int) -> pith_plan? {
    precondition((0..<instructionCount).contains(number), "no instruction \(number)")
    return opened.pointee.plan(UInt32(number))?.pointee
  }
  /// The file's bytes.
  public var content: [UInt8] { Array(UnsafeRawBufferPointer(start: opened.pointee.file, count: fileBytes)) }
  /// The text of a name field of a record; empty where it was stripped.
  public func text(_ name: UInt32) -> String { String(cString: pith_name(opened, name)) }

  /// Runs once in working memory of its own; a `PithSession` keeps that from run to run.
  public func run(inputs: [[Float]]) throws(PithError) -> [[Float]] {
    try PithSession(self).run(inputs: inputs)
  }
}
