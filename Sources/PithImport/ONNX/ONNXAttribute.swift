import COnnx
import PithGraph

/// The value of a node's attribute.
enum ONNXAttribute {
  case float(Float)
  case int(Int)
  case string(String)
  case tensor(Tensor)
  case floatList([Float])
  case intList([Int])
  /// A list without elements, whose type the file may leave open.
  case emptyList
  case stringList([String])
  /// The body of a control flow operator.
  case graph(ONNXSubgraph)
  /// What Pith does not read: several subgraphs, or something sparse.
  case unsupported(String)

  init(_ proto: Onnx__AttributeProto, tensors: inout TensorReader) throws {
    let type = proto.has_type != 0 ? proto.type : ONNXAttribute.impliedType(proto)
    switch type {
    case 1: self = .float(proto.f)
    case 2: self = .int(Int(proto.i))
    case 3: self = .string(String(field: proto.s))
    case 4:
      guard let tensor = proto.t else { throw GraphError("its tensor is missing; the file is damaged") }
      self = .tensor(try tensors.tensor(tensor.pointee))
    case 5: self = .graph(ONNXSubgraph(UnsafeRawBufferPointer(start: proto.g.data, count: proto.g.len)))
    case 6: self = .floatList(Array(UnsafeBufferPointer(start: proto.floats, count: proto.n_floats)))
    case 7: self = .intList(UnsafeBufferPointer(start: proto.ints, count: proto.n_ints).map { Int($0) })
    case 8:
      self = .stringList(
        UnsafeBufferPointer(start: proto.strings, count: proto.n_strings).map { String(field: $0) })
    case 9: self = .unsupported("a list of tensors")
    case 10: self = .unsupported("a list of subgraphs")
    case 11, 12: self = .unsupported("a sparse tensor")
    case 0: self = .emptyList
    default: self = .unsupported("of type \(type)")
    }
  }

  /// The type of an attribute that does not say, as early exporters left it: by the field that is there.
  private static func impliedType(_ proto: Onnx__AttributeProto) -> Int32 {
    if proto.has_f != 0 { return 1 }
    if proto.has_i != 0 { return 2 }
    if proto.has_s != 0 { return 3 }
    if proto.t != nil { return 4 }
    if proto.has_g != 0 || proto.n_graphs > 0 { return 5 }
    if proto.n_floats > 0 { return 6 }
    if proto.n_ints > 0 { return 7 }
    if proto.n_strings > 0 { return 8 }
    if proto.n_tensors > 0 { return 9 }
    return proto.has_sparse_tensor != 0 ? 11 : 0
  }

  var ints: [Int]? {
    switch self {
    case .intList(let values): values
    case .emptyList: []
    default: nil
    }
  }

  var strings: [String]? {
    switch self {
    case .stringList(let values): values
    case .emptyList: []
    default: nil
    }
  }

  var floats: [Float]? {
    switch self {
    case .floatList(let values): values
    case .emptyList: []
    default: nil
    }
  }

  /// What messages call it.
  var kind: String {
    switch self {
    case .float: "a number"
    case .int: "an integer"
    case .string: "a string"
    case .tensor: "a tensor"
    case .floatList: "a list of numbers"
    case .intList: "a list of integers"
    case .stringList: "a list of strings"
    case .graph: "a subgraph"
    case .emptyList: "an empty list"
    case .unsupported(let what): what
    }
  }
}
