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
      // What negative pads crop is gone before the rest is repeated.
      let start = max(0, -begin[axis])
      let count = size - start - max(0, -end[axis])
      guard count > 0 || shape[axis] == 0 else {
        throw GraphError("axis \(axis) has no elements to be repeated in the padding")
      }
      x = x.picking(axis: axis, count: shape[axis]) { index in
        start + source(of: index - max(0, begin[axis]), count: count)
      }
    }
    return [x]
  }

  /// Which of `count` elements stands at a position outside of them.
  private func source(of index: Int, count: Int) -> Int {
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
    let sourceStrides = Tensor.strides(of: x.shape)
    let targetStrides = Tensor.strides(of: shape)
    var sizes: [Int] = []
    var (from, to) = (0, 0)
    for axis in shape.indices {
      // The elements that are in the input and in the output.
      let first = max(0, -begin[axis])
      let last = min(x.shape[axis], shape[axis] - begin[axis])
      sizes.append(max(0, last - first))
      from += first * sourceStrides[axis]
      to += (first + begin[axis]) * targetStrides[axis]
    }
    let copy = StridedCopy(
      sizes: sizes, sourceStart: from, sourceStrides: sourceStrides, targetStart: to,
      targetStrides: targetStrides)
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
}
