import COnnx
import PithGraph

/// Encodes the parts of an ONNX file, each by protobuf-c.
enum ONNXMessages {
  static func node(_ draft: ONNXNodeDraft) -> [UInt8] {
    let arena = MessageArena()
    let attributes = draft.attributes.map { attribute($0.name, $0.value, arena) as UnsafeMutablePointer? }
    let message = arena.message(onnx__node_proto__init) { node in
      (node.n_input, node.input) = (draft.inputs.count, arena.strings(draft.inputs))
      (node.n_output, node.output) = (draft.outputs.count, arena.strings(draft.outputs))
      if !draft.name.isEmpty { node.name = arena.string(draft.name) }
      node.op_type = arena.string(draft.opType)
      (node.n_attribute, node.attribute) = (attributes.count, arena.array(attributes))
    }
    return withExtendedLifetime(arena) { MessageArena.packed(message) }
  }

  private static func attribute(
    _ name: String, _ value: ONNXNodeDraft.Attribute, _ arena: MessageArena
  ) -> UnsafeMutablePointer<Onnx__AttributeProto> {
    arena.message(onnx__attribute_proto__init) { proto in
      proto.name = arena.string(name)
      proto.has_type = 1
      let type: Onnx__AttributeProto__AttributeType
      switch value {
      case .int(let number):
        type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT
        (proto.has_i, proto.i) = (1, Int64(number))
      case .float(let number):
        type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT
        (proto.has_f, proto.f) = (1, number)
      case .string(let text):
        type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING
        (proto.has_s, proto.s) = (1, arena.bytes(Array(text.utf8)))
      case .ints(let numbers):
        type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS
        (proto.n_ints, proto.ints) = (numbers.count, arena.array(numbers.map { Int64($0) }))
      case .floats(let numbers):
        type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS
        (proto.n_floats, proto.floats) = (numbers.count, arena.array(numbers))
      case .strings(let texts):
        type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS
        (proto.n_strings, proto.strings) = (
          texts.count, arena.array(texts.map { arena.bytes(Array($0.utf8)) })
        )
      case .tensor(let tensor):
        type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR
        proto.t = ONNXMessages.tensor(nil, tensor, arena)
        (proto.t.pointee.has_raw_data, proto.t.pointee.raw_data) =
          (1, arena.bytes(tensor.withRawData { Array($0) }))
      }
      proto.type = Int32(type.rawValue)
    }
  }

  /// A tensor without its elements.
  private static func tensor(
    _ name: String?, _ tensor: Tensor, _ arena: MessageArena
  ) -> UnsafeMutablePointer<Onnx__TensorProto> {
    arena.message(onnx__tensor_proto__init) { proto in
      if let name { proto.name = arena.string(name) }
      (proto.n_dims, proto.dims) = (tensor.rank, arena.array(tensor.shape.map { Int64($0) }))
      (proto.has_data_type, proto.data_type) = (1, tensor.element.onnx)
    }
  }

  /// An initializer up to its elements, whose field `raw_data` is the last and is written from the tensor itself.
  static func initializerHead(_ name: String, _ tensor: Tensor) -> [UInt8] {
    let arena = MessageArena()
    let message = ONNXMessages.tensor(name, tensor, arena)
    return withExtendedLifetime(arena) { MessageArena.packed(message) }
      + prefix(field: 9, count: tensor.byteCount)
  }

  static func port(_ name: String, _ type: ValueType?) -> [UInt8] {
    let arena = MessageArena()
    let message = arena.message(onnx__value_info_proto__init) { info in
      info.name = arena.string(name)
      if let type { info.type = ONNXMessages.type(type, arena) }
    }
    return withExtendedLifetime(arena) { MessageArena.packed(message) }
  }

  private static func type(_ type: ValueType, _ arena: MessageArena) -> UnsafeMutablePointer<Onnx__TypeProto>
  {
    let dims = type.shape.dimensions.map {
      dimension -> UnsafeMutablePointer<Onnx__TensorShapeProto__Dimension>? in
      arena.message(onnx__tensor_shape_proto__dimension__init) { proto in
        switch dimension {
        case .fixed(let size): (proto.has_dim_value, proto.dim_value) = (1, Int64(size))
        case .symbolic(let name): proto.dim_param = arena.string(name)
        }
      }
    }
    let shape = arena.message(onnx__tensor_shape_proto__init) { proto in
      (proto.n_dim, proto.dim) = (dims.count, arena.array(dims))
    }
    let tensor = arena.message(onnx__type_proto__tensor__init) { proto in
      (proto.has_elem_type, proto.elem_type) = (1, type.element.onnx)
      proto.shape = shape
    }
    return arena.message(onnx__type_proto__init) { $0.tensor_type = tensor }
  }

  /// The fields of the model around its graph: those before and those after.
  static func model(opset: Int, producer: String) -> (before: [UInt8], after: [UInt8]) {
    let arena = MessageArena()
    let before = arena.message(onnx__model_proto__init) { model in
      // The version of the file format that each opset came with.
      (model.has_ir_version, model.ir_version) = (1, opset < 19 ? 8 : opset < 21 ? 9 : 10)
      model.producer_name = arena.string(producer)
    }
    let opsetID = arena.message(onnx__operator_set_id_proto__init) { id in
      id.domain = arena.string("")
      (id.has_version, id.version) = (1, Int64(opset))
    }
    let after = arena.message(onnx__model_proto__init) { model in
      (model.n_opset_import, model.opset_import) = (1, arena.array([opsetID as UnsafeMutablePointer?]))
    }
    return withExtendedLifetime(arena) { (MessageArena.packed(before), MessageArena.packed(after)) }
  }

  /// A field of the model that holds free text under a key.
  static func metadata(_ key: String, _ value: String) -> [UInt8] {
    let (key, value) = (Array(key.utf8), Array(value.utf8))
    let entry = prefix(field: 1, count: key.count) + key + prefix(field: 2, count: value.count) + value
    return prefix(field: 14, count: entry.count) + entry
  }

  /// The key and length of a field of `count` bytes. https://protobuf.dev/programming-guides/encoding/
  static func prefix(field: Int, count: Int) -> [UInt8] {
    varint(UInt64(field) << 3 | 2) + varint(UInt64(count))
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
