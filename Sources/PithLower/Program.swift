import CPith
import PithGraph
import PithPasses

/// A lowered model: the bytes of a `.pith` file, and how they relate to the graph they came from.
public struct Program: Sendable {
  /// Where a value's bytes are after a run, for programs that keep their intermediates.
  public struct Trace: Sendable {
    /// The tensor's number in the file.
    public var tensor: Int
    /// Where in the tensor the first element lies. The byte of each element in the value's own row-major order is that and
    /// Σ index · stride over the map's axes; …
    public var byteOffset: Int
    /// … these are the map's sizes …
    public var dims: [Int]
    /// … the bytes between neighbours …
    public var byteStrides: [Int]
    /// … and the elements between neighbours in the value's order.
    public var elementStrides: [Int]
    public var parameters: QuantizationParameters
  }

  /// Blocks of 16 output channels by 4 inputs.
  public struct WeightBlocks: Hashable, Sendable {
    /// Those that are stored and multiplied.
    public var kept: Int
    public var total: Int
  }

  public var bytes: [UInt8]
  public var arenaBytes: Int
  public var weightBytes: Int
  public var constantBytes: Int
  public var multiplyAdds: Int
  /// The node of each instruction; nil for conversions at the ends.
  public var origins: [NodeID?]
  /// Weights, biases and multipliers of each node, in bytes.
  public var parameterBytes: [NodeID: Int]
  /// Multiply-adds of each node, without those of blocks that were left out.
  public var nodeMultiplyAdds: [NodeID: Int]
  /// Of each convolution and product on bytes.
  public var weightBlocks: [NodeID: WeightBlocks]
  /// For every value that exists as bytes.
  public var traces: [ValueID: Trace]
}

extension ProgramBuilder {
  /// The file.
  mutating func serialized(model name: String, arenaBytes: Int) throws -> [UInt8] {
    let modelName = self.name(name)
    let interface = ByteBlob.bytes(of: (inputs + outputs).map { UInt32($0.index) })
    let sections: [(kind: pith_section_kind, count: Int, bytes: [UInt8])] = [
      (PITH_SECTION_TENSORS, tensors.count, ByteBlob.bytes(of: tensors)),
      (PITH_SECTION_INSTRUCTIONS, instructions.count, ByteBlob.bytes(of: instructions)),
      (PITH_SECTION_INTERFACE, inputs.count + outputs.count, interface),
      (PITH_SECTION_STATES, states.count, ByteBlob.bytes(of: states.map { UInt32($0.index) })),
      (PITH_SECTION_CONSTANTS, 0, constants.bytes), (PITH_SECTION_WEIGHTS, 0, weights.bytes),
      // Last, as part of what loads may read past the weights.
      (PITH_SECTION_NAMES, 0, nameBytes),
    ]
    let present = sections.filter { !$0.bytes.isEmpty }
    var offset = MemoryLayout<pith_header>.size + present.count * MemoryLayout<pith_section>.size
    var least = 0
    var table: [pith_section] = []
    for section in present {
      offset = offset.roundedUp(to: Int(PITH_ALIGNMENT))
      table.append(
        pith_section(
          kind: section.kind.rawValue, count: UInt32(section.count), offset: UInt64(offset),
          bytes: UInt64(section.bytes.count)))
      offset += section.bytes.count
      if [PITH_SECTION_CONSTANTS, PITH_SECTION_WEIGHTS].contains(section.kind) {
        least = offset + Int(PITH_SLACK)
      }
    }
    // A multiple of 8, so that the checksum reads whole words.
    let total = Swift.max(offset, least).roundedUp(to: 8)
    guard total < Int(UInt32.max) else {
      throw GraphError("the program takes \(total) bytes; a .pith file holds less than 4 GiB")
    }
    var header = pith_header()
    header.magic = UInt32(PITH_MAGIC)
    header.version_major = UInt16(PITH_VERSION_MAJOR)
    header.version_minor = UInt16(PITH_VERSION_MINOR)
    header.file_bytes = UInt64(total)
    header.arena_bytes = UInt64(arenaBytes)
    header.section_count = UInt32(table.count)
    header.input_count = UInt32(inputs.count)
    header.output_count = UInt32(outputs.count)
    header.name = modelName
    header.multiply_adds = UInt64(multiplyAdds)
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
