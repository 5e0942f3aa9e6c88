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
    var header = pith_header()
    header.magic = UInt32(PITH_MAGIC)
    header.version_major = UInt16(PITH_VERSION_MAJOR)
    header.version_minor = UInt16(PITH_VERSION_MINOR)
    header.arena_bytes = UInt64(arenaBytes)
    header.input_count = UInt32(inputs.count)
    header.output_count = UInt32(outputs.count)
    header.name = modelName
    header.multiply_adds = UInt64(multiplyAdds)
    return try ProgramFile.assemble(
      sections.map { ProgramFile.Section(kind: $0.kind.rawValue, count: $0.count, bytes: $0.bytes) },
      header: ByteBlob.bytes(of: [header]))
  }
}
