import PithGraph

/// An operator of the network as the file has it.
struct TFLiteNode {
  /// Which operator.
  struct Code {
    var number: Int
    /// The name of a custom operator.
    var custom: String
  }

  /// Which table of options an operator may have (`BuiltinOptions` of the schema).
  enum Options: UInt8 {
    case conv2D = 1
    case depthwiseConv2D = 2
    case pool2D = 5
    case fullyConnected = 8
    case softmax = 9
    case concatenation = 10
    case add = 11
    case l2Norm = 12
    case resizeBilinear = 15
    case reshape = 17
    case spaceToDepth = 19
    case mul = 21
    case gather = 23
    case reducer = 27
    case sub = 28
    case div = 29
    case squeeze = 30
    case sequenceRNN = 31
    case stridedSlice = 32
    case split = 35
    case cast = 37
    case argMax = 40
    case transposeConv = 49
    case shape = 55
    case argMin = 57
    case pack = 59
    case oneHot = 61
    case unpack = 64
    case bidirectionalSequenceLSTM = 69
    case bidirectionalSequenceRNN = 70
    case unidirectionalSequenceLSTM = 71
    case resizeNearestNeighbor = 74
    case leakyRelu = 75
    case mirrorPad = 77
    case splitV = 79
    case depthToSpace = 94
    case batchMatMul = 101
    case cumsum = 102
    case gelu = 116
  }

  let opType: String
  let isCustom: Bool
  /// Numbers of the operands' tensors; −1 for an absent optional one.
  let inputs: [Int]
  let outputs: [Int]
  /// The name of what it computes, which is all the name that it has.
  let name: String
  private let options: FlatTable?
  private let optionsType: UInt8

  init(_ table: FlatTable, codes: [Code], tensors: [TFLiteTensor]) throws {
    let index = Int(try table.number(0, UInt32(0)))
    guard codes.indices.contains(index) else { throw FlatBuffer.damage }
    let code = codes[index]
    isCustom = code.number == TFLiteBuiltin.custom
    opType = isCustom ? code.custom : TFLiteBuiltin.name(code.number)
    var inputs = try table.ints(1)
    while inputs.last == -1 { inputs.removeLast() }
    self.inputs = inputs
    outputs = try table.ints(2)
    guard (inputs + outputs).allSatisfy({ $0 == -1 || tensors.indices.contains($0) }) else {
      throw FlatBuffer.damage
    }
    name = outputs.first { $0 >= 0 }.map { tensors[$0].name } ?? ""
    optionsType = try table.number(3, UInt8(0))
    options = optionsType == 0 ? nil : try table.table(4)
  }

  /// What messages call it: the name of what it computes, and its operator.
  var label: String { "'\(name.printable())' (\(opType.printable()))" }

  /// The table of options; nil where all have their defaults.
  /// - Throws: where the file has options of another operator.
  func options(_ kind: Options) throws -> FlatTable? {
    guard let options else { return nil }
    guard optionsType == kind.rawValue else {
      throw GraphError("its options are those of another operator; the file is damaged")
    }
    return options
  }
}
