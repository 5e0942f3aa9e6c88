import CPith
import PithGraph

/// The plans of a `.pith` file: how its instructions are to be run by one kind of kernels.
public struct ProgramPlans: Sendable, Equatable {
  /// An enum pith_isa.
  public var isa: UInt32
  /// One for each instruction.
  public var plans: [pith_plan]

  public init(isa: UInt32, plans: [pith_plan]) {
    self.isa = isa
    self.plans = plans.map {
      var plan = $0
      plan.isa = UInt8(isa)
      return plan
    }
  }

  public static func == (a: ProgramPlans, b: ProgramPlans) -> Bool {
    a.isa == b.isa && ByteBlob.bytes(of: a.plans) == ByteBlob.bytes(of: b.plans)
  }
}

/// Rewriting a finished file.
public enum ProgramFile {
  /// The file with these plans, and with those that it has for other kernels.
  ///
  /// - Parameters:
  ///   - file: what the runtime opens.
  ///   - threads: how many threads it will have memory for, where plans need some.
  /// - Throws: where there is not a plan for each instruction, or the file is none.
  public static func adding(
    _ plans: ProgramPlans, to file: [UInt8], threads: Int = usualThreads
  ) throws -> [UInt8] {
    var sections = try sections(of: file)
    guard let instructions = sections.first(where: { $0.kind == PITH_SECTION_INSTRUCTIONS.rawValue }) else {
      throw GraphError("the program has no instructions")
    }
    guard plans.plans.count == instructions.count else {
      throw GraphError("there are \(plans.plans.count) plans for \(instructions.count) instructions")
    }
    let size = MemoryLayout<pith_plan>.size
    var kept: [UInt8] = []
    if let old = sections.firstIndex(where: { $0.kind == PITH_SECTION_PLANS.rawValue }) {
      // Those of one kind of kernels after those of another.
      let one = size * plans.plans.count
      for start in stride(from: 0, to: sections[old].bytes.count, by: one)
      where sections[old].bytes[start] != UInt8(plans.isa) {
        kept += sections[old].bytes[start..<start + one]
      }
      sections.remove(at: old)
    }
    var header = file.withUnsafeBytes { $0.loadUnaligned(as: pith_header.self) }
    guard header.plan_bytes <= header.arena_bytes else {
      throw GraphError("the program's plans need more memory than it has")
    }
    let rest = Int(header.arena_bytes - header.plan_bytes).roundedUp(to: Int(PITH_ALIGNMENT))
    let own = UInt64(threads * (try planBytes(plans.plans, in: sections)))
    // Plans that stay keep the memory that was there, if they need any.
    let others = try stride(from: 0, to: kept.count, by: size * plans.plans.count).contains { start in
      let some = kept[start..<start + size * plans.plans.count].withUnsafeBytes { raw in
        plans.plans.indices.map { raw.loadUnaligned(fromByteOffset: $0 * size, as: pith_plan.self) }
      }
      return try planBytes(some, in: sections) > 0
    }
    header.plan_bytes = Swift.max(others ? header.plan_bytes : 0, own)
    header.arena_bytes = header.plan_bytes > 0 ? UInt64(rest) + header.plan_bytes : UInt64(rest)
    let bytes = kept + ByteBlob.bytes(of: plans.plans)
    let place = sections.firstIndex { $0.kind == PITH_SECTION_INSTRUCTIONS.rawValue }.map { $0 + 1 } ?? 0
    sections.insert(
      Section(kind: PITH_SECTION_PLANS.rawValue, count: bytes.count / size, bytes: bytes), at: place)
    return try assemble(sections, header: ByteBlob.bytes(of: [header]))
  }

  /// Working memory that a finished file says it needs, in bytes.
  static func arenaBytes(of file: [UInt8]) -> Int {
    Int(file.withUnsafeBytes { $0.loadUnaligned(as: pith_header.self) }.arena_bytes)
  }

  /// More are rarely worth their memory.
  public static let usualThreads = 4

  /// The most memory that an instruction's plan needs for each thread, in bytes.
  private static func planBytes(_ plans: [pith_plan], in sections: [Section]) throws -> Int {
    let instructions: [pith_instruction] = try records(PITH_SECTION_INSTRUCTIONS, in: sections)
    let tensors: [pith_tensor] = try records(PITH_SECTION_TENSORS, in: sections)
    return zip(instructions, plans).map { record, plan in
      guard UInt32(plan.algorithm) == PITH_ALGORITHM_WINOGRAD.rawValue,
        tensors.indices.contains(Int(record.output)),
        let tiles = record.winogradTiles(tensors[Int(record.output)])
      else { return 0 }
      let chunk = Swift.min(tiles, Int(plan.chunk))
      return Int(pith_winograd_scratch(UInt64(record.window.tap_bytes), UInt64(chunk)))
    }.max() ?? 0
  }

  private static func records<Record>(_ kind: pith_section_kind, in sections: [Section]) throws -> [Record] {
    guard let section = sections.first(where: { $0.kind == kind.rawValue }), section.count > 0 else {
      throw GraphError("the program has no section \(kind.rawValue)")
    }
    let stride = section.bytes.count / section.count
    guard stride >= MemoryLayout<Record>.size else {
      throw GraphError("a record of section \(kind.rawValue) of the program is cut short")
    }
    return section.bytes.withUnsafeBytes { raw in
      (0..<section.count).map { raw.loadUnaligned(fromByteOffset: $0 * stride, as: Record.self) }
    }
  }

  /// A section as it is moved around.
  struct Section {
    var kind: UInt32
    var count: Int
    var bytes: [UInt8]
  }

  private static func sections(of file: [UInt8]) throws -> [Section] {
    let (headerSize, recordSize) = (MemoryLayout<pith_header>.size, MemoryLayout<pith_section>.size)
    return try file.withUnsafeBytes { raw in
      guard raw.count >= headerSize else { throw GraphError("the program is shorter than its header") }
      let header = raw.loadUnaligned(as: pith_header.self)
      guard raw.count >= headerSize + Int(header.section_count) * recordSize else {
        throw GraphError("the program is shorter than its table of sections")
      }
      return try (0..<Int(header.section_count)).map { index in
        let record = raw.loadUnaligned(fromByteOffset: headerSize + index * recordSize, as: pith_section.self)
        guard record.offset <= UInt64(raw.count), record.bytes <= UInt64(raw.count) - record.offset else {
          throw GraphError("section \(index) of the program ends behind the file")
        }
        let start = Int(record.offset)
        return Section(
          kind: record.kind, count: Int(record.count), bytes: Array(raw[start..<start + Int(record.bytes)]))
      }
    }
  }

  /// Puts header, table and sections one after another, and the checksum into the header.
  static func assemble(_ all: [Section], header old: [UInt8]) throws -> [UInt8] {
    let present = all.filter { !$0.bytes.isEmpty }
    var offset = MemoryLayout<pith_header>.size + present.count * MemoryLayout<pith_section>.size
    var least = 0
    var table: [pith_section] = []
    for section in present {
      offset = offset.roundedUp(to: Int(PITH_ALIGNMENT))
      table.append(
        pith_section(
          kind: section.kind, count: UInt32(section.count), offset: UInt64(offset),
          bytes: UInt64(section.bytes.count)))
      offset += section.bytes.count
      if [PITH_SECTION_CONSTANTS.rawValue, PITH_SECTION_WEIGHTS.rawValue].contains(section.kind) {
        least = offset + Int(PITH_SLACK)
      }
    }
    // A multiple of 8, so that the checksum reads whole words.
    let total = Swift.max(offset, least).roundedUp(to: 8)
    guard total < Int(UInt32.max) else {
      throw GraphError("the program takes \(total) bytes; a .pith file holds less than 4 GiB")
    }
    var header = old.withUnsafeBytes { $0.loadUnaligned(as: pith_header.self) }
    header.file_bytes = UInt64(total)
    header.section_count = UInt32(table.count)
    header.checksum = 0
    var file = ByteBlob.bytes(of: [header]) + ByteBlob.bytes(of: table)
    file.reserveCapacity(total)
    for (section, record) in zip(present, table) {
      file += Array(repeating: 0, count: Int(record.offset) - file.count)
      file += section.bytes
    }
    file += Array(repeating: 0, count: total - file.count)
    header.checksum = file.withUnsafeBytes { pith_checksum($0.baseAddress, $0.count) }
    file.replaceSubrange(0..<MemoryLayout<pith_header>.size, with: ByteBlob.bytes(of: [header]))
    return file
  }
}
