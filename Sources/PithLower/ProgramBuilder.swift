import CPith
import PithGraph
import PithPasses

/// A tensor of the program, by its number in the file.
struct TensorIndex: Hashable {
  var index: Int
}

/// Collects tensors, instructions and constants, and makes a file of them.
struct ProgramBuilder {
  /// Memory in the arena that one or more tensors name.
  struct Storage {
    var bytes: Int
    var uses: [Int] = []
    /// The storage whose memory this one takes over, once the planner allowed it.
    var sharedWith: Int?
  }

  /// An output that may take over an input's memory, where the input dies with the instruction.
  struct InPlaceCandidate {
    var instruction: Int
    var input: Int
    var output: Int
  }

  private(set) var tensors: [pith_tensor] = []
  /// The storage of each tensor, for those in the arena; their offsets are within the storage until the file is made.
  private(set) var storageOf: [Int: Int] = [:]
  private(set) var storages: [Storage] = []
  private(set) var instructions: [pith_instruction] = []
  /// The node that each instruction came from.
  private(set) var origins: [NodeID?] = []
  private(set) var scratchOf: [Int: Int] = [:]
  private(set) var inPlace: [InPlaceCandidate] = []
  private(set) var inputs: [TensorIndex] = []
  private(set) var outputs: [TensorIndex] = []
  /// Tensors that keep their contents from run to run.
  private(set) var states: [TensorIndex] = []
  var constants = ByteBlob()
  var weights = ByteBlob()
  private var names = ByteBlob()
  var multiplyAdds = 0
  var currentNode: NodeID?
  /// Whether values' names are stored.
  var keepsNames = true

  mutating func name(_ text: String) -> UInt32 {
    guard keepsNames, !text.isEmpty else { return PITH_NONE }
    return UInt32(names.add(Array(text.utf8.filter { $0 != 0 }) + [0], alignment: 1))
  }

  var nameBytes: [UInt8] { names.bytes }

  // MARK: Tensors

  private mutating func append(_ tensor: pith_tensor) -> TensorIndex {
    tensors.append(tensor)
    return TensorIndex(index: tensors.count - 1)
  }

  private mutating func makeStorage(_ bytes: Int) -> Int {
    storages.append(Storage(bytes: bytes))
    return storages.count - 1
  }

  /// A map of bytes in the arena.
  mutating func addBytes(_ layout: Layout, _ parameters: QuantizationParameters, name text: String)
    -> TensorIndex
  {
    addMap(dims: layout.dims, pixelStride: layout.pixelStride, parameters, name: text)
  }

  /// A map of bytes in the arena with a pixel stride of its own.
  mutating func addMap(
    dims: [Int], pixelStride: Int, _ parameters: QuantizationParameters, name text: String
  ) -> TensorIndex {
    var tensor = pith_tensor.bytes(dims, pixelStride: pixelStride, parameters)
    tensor.space = UInt8(PITH_SPACE_ARENA.rawValue)
    tensor.name = name(text)
    let index = append(tensor)
    storageOf[index.index] = makeStorage(Int(tensor.bytes))
    return index
  }

  /// The same bytes seen as a map of other sizes.
  mutating func addView(of other: TensorIndex, dims: [Int], pixelStride: Int) -> TensorIndex {
    let source = tensors[other.index]
    var tensor = pith_tensor.bytes(dims, pixelStride: pixelStride, source.parameters)
    tensor.space = source.space
    tensor.offset = source.offset
    tensor.name = source.name
    if tensor.isSameMap(as: source) { return other }
    let index = append(tensor)
    storageOf[index.index] = storageOf[other.index]
    return index
  }

  /// Consecutive pixels of a map, from one of them on, as a map of its own.
  mutating func addPixels(of other: TensorIndex, dims: [Int], from first: Int) -> TensorIndex {
    let source = tensors[other.index]
    var tensor = pith_tensor.bytes(dims, pixelStride: Int(source.pixel_stride), source.parameters)
    tensor.space = source.space
    tensor.offset = source.offset + UInt64(first * Int(source.pixel_stride))
    let index = append(tensor)
    storageOf[index.index] = storageOf[other.index]
    return index
  }

  /// Some channels of a map, from a multiple of 4 on.
  mutating func addChannels(of other: TensorIndex, from first: Int, count: Int) -> TensorIndex {
    let source = tensors[other.index]
    var sizes = source.sizes
    sizes[3] = count
    var tensor = pith_tensor.bytes(sizes, pixelStride: Int(source.pixel_stride), source.parameters)
    tensor.space = source.space
    tensor.offset = source.offset + UInt64(first)
    tensor.bytes = source.bytes - UInt64(first)
    let index = append(tensor)
    storageOf[index.index] = storageOf[other.index]
    return index
  }

  /// A constant map of bytes; `bytes` holds the padded pixels.
  mutating func addConstantBytes(
    _ layout: Layout, _ bytes: [UInt8], _ parameters: QuantizationParameters, name text: String
  ) -> TensorIndex {
    var tensor = pith_tensor.bytes(layout.dims, pixelStride: layout.pixelStride, parameters)
    tensor.space = UInt8(PITH_SPACE_CONSTANTS.rawValue)
    tensor.offset = UInt64(constants.add(bytes, alignment: 64))
    tensor.name = name(text)
    return append(tensor)
  }

  /// Floats that nothing else may write to, from run to run.
  mutating func addState(_ sizes: [Int], name text: String) -> TensorIndex {
    let index = addFloats(sizes, name: text)
    states.append(index)
    return index
  }

  /// Whether the tensor lies where a state does.
  func isState(_ tensor: TensorIndex) -> Bool {
    guard let storage = storageOf[tensor.index] else { return false }
    return states.contains { storageOf[$0.index] == storage }
  }

  mutating func addFloats(_ sizes: [Int], name text: String) -> TensorIndex {
    var tensor = pith_tensor.floats(sizes)
    tensor.space = UInt8(PITH_SPACE_ARENA.rawValue)
    tensor.name = name(text)
    let index = append(tensor)
    storageOf[index.index] = makeStorage(Int(tensor.bytes))
    return index
  }

  /// Floats of another tensor, from one of its elements on, in another shape.
  mutating func addFloatView(of other: TensorIndex, _ sizes: [Int], at element: Int = 0) -> TensorIndex {
    let source = tensors[other.index]
    var tensor = pith_tensor.floats(sizes)
    tensor.space = source.space
    tensor.offset = source.offset + UInt64(4 * element)
    tensor.name = source.name
    let index = append(tensor)
    storageOf[index.index] = storageOf[other.index]
    return index
  }

  mutating func addConstantFloats(_ sizes: [Int], _ floats: [Float], name text: String) -> TensorIndex {
    var tensor = pith_tensor.floats(sizes)
    tensor.space = UInt8(PITH_SPACE_CONSTANTS.rawValue)
    tensor.offset = UInt64(constants.add(ByteBlob.bytes(of: floats), alignment: 64))
    tensor.name = name(text)
    return append(tensor)
  }

  mutating func addInput(_ sizes: [Int], name text: String) -> TensorIndex {
    var tensor = pith_tensor.floats(sizes)
    tensor.space = UInt8(PITH_SPACE_INPUT.rawValue)
    tensor.offset = UInt64(inputs.count)
    tensor.name = name(text)
    let index = append(tensor)
    inputs.append(index)
    return index
  }

  mutating func addOutput(_ sizes: [Int], name text: String) -> TensorIndex {
    var tensor = pith_tensor.floats(sizes)
    tensor.space = UInt8(PITH_SPACE_OUTPUT.rawValue)
    tensor.offset = UInt64(outputs.count)
    tensor.name = name(text)
    let index = append(tensor)
    outputs.append(index)
    return index
  }

  // MARK: Instructions

  /// Appends an instruction; `inPlace` is the number of the input whose memory the output may take over.
  mutating func emit(
    _ opcode: pith_opcode, inputs: [TensorIndex], output: TensorIndex, scratch: Int? = nil,
    inPlace: Int? = nil,
    _ body: (inout pith_instruction) -> Void = { _ in }
  ) {
    var instruction = pith_instruction.empty
    instruction.opcode = UInt16(opcode.rawValue)
    instruction.setInputs(inputs.map { UInt32($0.index) })
    instruction.output = UInt32(output.index)
    body(&instruction)
    let position = instructions.count
    for tensor in inputs + [output] {
      if let storage = storageOf[tensor.index] { storages[storage].uses.append(position) }
    }
    if let scratch {
      let storage = makeStorage(scratch)
      storages[storage].uses = [position]
      scratchOf[position] = storage
    }
    if let inPlace { mayShare(inputs, inPlace, output, position) }
    instructions.append(instruction)
    origins.append(currentNode)
  }

  /// Notes that an output may take over the memory of an input.
  private mutating func mayShare(
    _ inputs: [TensorIndex], _ number: Int, _ output: TensorIndex, _ position: Int
  ) {
    let input = inputs[number]
    // What a convolution adds may be what it reads, too, which must stay; of elementwise operands that is no matter.
    let isRead = number > 0 && inputs[..<number].contains { storageOf[$0.index] == storageOf[input.index] }
    guard !isRead, let from = storageOf[input.index], let to = storageOf[output.index], from != to else {
      return
    }
    inPlace.append(InPlaceCandidate(instruction: position, input: input.index, output: output.index))
  }

  /// Copies all floats of a tensor to another of as many.
  mutating func emitFloatCopy(of source: TensorIndex, to target: TensorIndex) {
    let count = tensors[target.index].sizes.reduce(1, *)
    emit(PITH_OP_F32_COPY, inputs: [source], output: target) {
      $0.move = pith_move(dims: [count], inputStrides: [1], outputStrides: [1])
    }
  }

  // MARK: Planning

  /// Decides which outputs take over their input's memory, places everything in the arena, and writes the offsets
  /// into tensors and instructions.
  /// - Parameter keepsIntermediates: nothing is reused, so that every tensor can be read after a run.
  /// - Returns: the arena's bytes.
  mutating func planArena(keepsIntermediates: Bool) -> Int {
    if !keepsIntermediates { shareInPlace() }
    var roots: [Int] = []
    var blocks: [ArenaBlock] = []
    var lifetimes: [Int: ClosedRange<Int>] = [:]
    var sizes: [Int: Int] = [:]
    let lasting = Set(states.compactMap { storageOf[$0.index] })
    for storage in storages.indices {
      let isLasting = lasting.contains(storage)
      let uses = isLasting ? [0, instructions.count] : storages[storage].uses
      guard let first = uses.min(), let last = uses.max() else { continue }
      let root = self.root(storage)
      let range = keepsIntermediates ? 0...instructions.count : first...last
      lifetimes[root] =
        lifetimes[root].map { Swift.min($0.lowerBound, first)...Swift.max($0.upperBound, last) } ?? range
      sizes[root] = Swift.max(sizes[root] ?? 0, storages[storage].bytes)
    }
    for root in lifetimes.keys.sorted() {
      roots.append(root)
      blocks.append(ArenaBlock(bytes: sizes[root] ?? 0, lifetime: lifetimes[root] ?? 0...0))
    }
    let plan = ArenaPlanner.plan(blocks, alignment: Int(PITH_ALIGNMENT))
    let offsets = Dictionary(uniqueKeysWithValues: zip(roots, plan.offsets))
    for (tensor, storage) in storageOf { tensors[tensor].offset += UInt64(offsets[root(storage)] ?? 0) }
    for (instruction, storage) in scratchOf {
      instructions[instruction].scratch = UInt32(offsets[root(storage)] ?? 0)
    }
    return plan.bytes.roundedUp(to: Int(PITH_ALIGNMENT)) + Int(PITH_SLACK)
  }

  private func root(_ storage: Int) -> Int {
    var storage = storage
    while let next = storages[storage].sharedWith { storage = next }
    return storage
  }

  private mutating func shareInPlace() {
    for candidate in inPlace {
      guard let from = storageOf[candidate.input], let to = storageOf[candidate.output] else { continue }
      let (input, output) = (tensors[candidate.input], tensors[candidate.output])
      let source = root(from)
      // Everything that shares the input's memory must be dead after this instruction.
      let lastUse = storages.indices.filter { root($0) == source }.flatMap { storages[$0].uses }.max() ?? 0
      guard lastUse == candidate.instruction, storages[to].sharedWith == nil,
        !isState(TensorIndex(index: candidate.input)),
        storages[to].uses.min() == candidate.instruction,
        input.offset == 0, output.offset == 0, storages[from].bytes == storages[to].bytes,
        storages[source].bytes == storages[to].bytes
      else { continue }
      storages[to].sharedWith = source
    }
  }
}
