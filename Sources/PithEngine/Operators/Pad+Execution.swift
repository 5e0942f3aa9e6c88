import PithGraph

extension Pad: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    var x = try inputs.tensor(0)
    let pads = try inputs.tensor(1).integers ?? []
    let (begin, end) = try Pad.amounts(pads: pads, axes: inputs.optional(3)?.integers, rank: x.rank)
    if mode == .constant { return [try padded(x, shape, begin, value: inputs.optional(2))] }
    for axis in 0..<x.rank where begin[axis] != 0 || end[axis] != 0 {
      let size = x.shape[axis]
      let kept = Self.kept(size, begin: begin[axis], end: end[axis])
      guard !kept.isEmpty || shape[axis] == 0 else {
        throw GraphError("axis \(axis) has no elements to be repeated in the padding")
      }
      x = x.picking(axis: axis, count: shape[axis]) { index in
        kept.lowerBound + source(of: index - max(0, begin[axis]), count: kept.count)
      }
    }
    return [x]
  }

  /// What of an axis of `size` is left to be repeated: what negative pads crop is gone before.
  static func kept(_ size: Int, begin: Int, end: Int) -> Range<Int> {
    let start = max(0, -begin)
    return start..<max(start, size - max(0, -end))
  }

  /// Which of `count` elements stands at a position outside of them.
  func source(of index: Int, count: Int) -> Int {
    switch mode {
    case .constant, .edge: return min(max(index, 0), count - 1)
    case .wrap:
      let rest = index % count
      return rest < 0 ? rest + count : rest
    case .reflect:
      guard count > 1 else { return 0 }
      let period = 2 * (count - 1)
      let rest = abs(index % period)
      return rest < count ? rest : period - rest
    }
  }

  /// The tensor inside a frame of one value; zero where none is given.
  private func padded(_ x: Tensor, _ shape: [Int], _ begin: [Int], value: Tensor?) throws -> Tensor {
    if let value, value.element != x.element || value.count != 1 {
      throw GraphError("the padding must be one \(x.element.rawValue)")
    }
    let fill = value ?? Tensor.zero(x.element)
    let frame = fill.restrided(shape, strides: Array(repeating: 0, count: shape.count))
    let copy = Self.inside(x.shape, of: shape, begin)
    return frame.withBytes { frame in
      x.withBytes { source in
        Tensor.moving(x.element, shape) { target in
          guard let framed = frame.baseAddress else { return }
          target.copyMemory(from: framed, byteCount: frame.count)
          if let source = source.baseAddress { copy.run(source, target, x.element.byteCount) }
        }
      }
    }
  }

  /// The copy of the elements that are in the input and in the output, from there to here.
  static func inside(_ input: [Int], of output: [Int], _ begin: [Int]) -> StridedCopy {
    let box = Box(input, output, begin)
    return StridedCopy(
      sizes: box.sizes, sourceStart: box.inputStart, sourceStrides: Tensor.strides(of: input),
      targetStart: box.outputStart, targetStrides: Tensor.strides(of: output))
  }

  /// The same elements, where they are in either.
  struct Box {
    var sizes: [Int] = []
    var inputStart = 0
    var outputStart = 0

    init(_ input: [Int], _ output: [Int], _ begin: [Int]) {
      let (inputStrides, outputStrides) = (Tensor.strides(of: input), Tensor.strides(of: output))
      for axis in output.indices {
        let first = max(0, -begin[axis])
        let last = min(input[axis], output[axis] - begin[axis])
        sizes.append(max(0, last - first))
        inputStart += first * inputStrides[axis]
        outputStart += (first + begin[axis]) * outputStrides[axis]
      }
    }
  }
}
