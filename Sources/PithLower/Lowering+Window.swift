import CPith
import PithGraph

/// A window over two spatial axes: what convolutions and pools hand to the kernels.
struct PlaneWindow {
  var kernel: (h: Int, w: Int)
  var strides: (h: Int, w: Int)
  var dilations: (h: Int, w: Int)
  var begin: (h: Int, w: Int)
  var end: (h: Int, w: Int)

  /// A window over one spatial axis becomes one over a map of height 1.
  init(_ window: Window, map: [Int]) throws {
    guard map.count <= 2 else {
      throw GraphError("it has \(map.count) spatial axes, and the runtime takes 1 or 2")
    }
    let pads = window.pads(for: map)
    func pair(_ values: [Int], _ missing: Int) -> (h: Int, w: Int) {
      values.count == 1 ? (missing, values[0]) : (values[0], values[1])
    }
    kernel = pair(window.kernel, 1)
    strides = pair(window.strides, 1)
    dilations = pair(window.dilations, 1)
    begin = pair(pads.begin, 0)
    end = pair(pads.end, 0)
  }

  /// The whole map.
  init(global map: [Int]) throws {
    try self.init(Window(kernel: map), map: map)
  }

  var hasPads: Bool { begin.h + begin.w + end.h + end.w > 0 }

  /// The instruction's form.
  var record: pith_window {
    var record = pith_window()
    (record.kernel_h, record.kernel_w) = (Int32(kernel.h), Int32(kernel.w))
    (record.stride_h, record.stride_w) = (Int32(strides.h), Int32(strides.w))
    (record.dilation_h, record.dilation_w) = (Int32(dilations.h), Int32(dilations.w))
    (record.pad_top, record.pad_left) = (Int32(begin.h), Int32(begin.w))
    (record.pad_bottom, record.pad_right) = (Int32(end.h), Int32(end.w))
    record.clamp_max = 255
    return record
  }
}

extension Lowering {
  /// Lowers a pool on bytes.
  mutating func lowerPool(
    _ node: Node, _ opcode: pith_opcode, _ window: PlaneWindow, countsPadding: Bool, multiplier: Float
  ) throws {
    let input = try graph.operand(node, 0)
    let source = try bytes(input, layout: .channelsFirst(try sizes(input)))
    let output = node.outputs[0]
    let target = try defineBytes(output, layout: .channelsFirst(try sizes(output)))
    builder.emit(opcode, inputs: [source.tensor], output: target.tensor) {
      $0.window = window.record
      $0.window.extent = countsPadding ? 1 : 0
      $0.immediate_f.0 = multiplier
    }
  }

  /// Lowers a pool in fp32.
  mutating func lowerFloatPool(
    _ node: Node, _ opcode: pith_opcode, _ window: PlaneWindow, countsPadding: Bool
  ) throws {
    let input = try graph.operand(node, 0)
    let output = node.outputs[0]
    let source = builder.addFloatView(of: try floats(input), try planes(input))
    let sizes = try planes(output)
    let target = builder.addFloats(sizes, name: graph[output].name)
    builder.emit(opcode, inputs: [source], output: target) {
      $0.window = window.record
      $0.window.extent = countsPadding ? 1 : 0
    }
    define(output, floats: builder.addFloatView(of: target, try self.sizes(output)))
  }

  /// The sizes of a map as `[N, C, H, W]`.
  func planes(_ id: ValueID) throws -> [Int] {
    let sizes = try sizes(id)
    switch sizes.count {
    case 3: return [sizes[0], sizes[1], 1, sizes[2]]
    case 4: return sizes
    default:
      throw GraphError(
        "a map of shape \(sizes) has \(sizes.count - 2) spatial axes, and the runtime takes 1 or 2")
    }
  }

  /// The spatial sizes of a map.
  func map(_ id: ValueID) throws -> [Int] { Array(try sizes(id).dropFirst(2)) }
}

extension Lowering {
  /// The first operand's scale over the output's.
  func ratio(_ node: Node) throws -> Float {
    let x = try parameters(try graph.operand(node, 0))
    return Float(Double(x.scale) / Double(try parameters(node.outputs[0]).scale))
  }
}
