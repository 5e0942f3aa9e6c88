import PithGraph

/// How a value's elements lie in an NHWC map of bytes: the map's sizes, and how far apart, in the value's own row-major
/// order, neighbours along each of the map's axes are.
///
/// Reshaping changes neither, and transposing only the strides, so both are free until a kernel needs another order.
struct Layout: Hashable {
  /// [batch, height, width, channels].
  var dims: [Int]
  /// Logical elements from one index to the next along each of `dims`.
  var strides: [Int]

  /// Bytes from one pixel to the next.
  var pixelStride: Int { dims[3].roundedUp(to: 4) }
  var byteCount: Int { dims[0] * dims[1] * dims[2] * pixelStride }
  var elementCount: Int { dims.reduce(1, *) }

  /// Bytes from one index to the next along each of `dims`.
  var byteStrides: [Int] {
    [dims[1] * dims[2] * pixelStride, dims[2] * pixelStride, pixelStride, 1]
  }

  /// Which axis of the value each axis of the map is, where they correspond.
  init(sizes: [Int], axes: [Int?]) {
    let logical = Tensor.strides(of: sizes)
    dims = axes.map { $0.map { sizes[$0] } ?? 1 }
    strides = axes.map { $0.map { logical[$0] } ?? 1 }
  }

  /// `[N, C]`, `[N, C, W]` and `[N, C, H, W]`: axis 1 innermost.
  static func channelsFirst(_ sizes: [Int]) -> Layout {
    AxisOrder.channelsFirst(rank: sizes.count).layout(of: sizes)
  }

  /// The last axis innermost: the value's own order.
  static func channelsLast(_ sizes: [Int]) -> Layout {
    AxisOrder.channelsLast(rank: sizes.count).layout(of: sizes)
  }

  /// Rows of a matrix: `rows` pixels of `columns` channels.
  static func matrix(rows: Int, columns: Int) -> Layout {
    var layout = Layout.dense(columns)
    layout.dims[2] = rows
    layout.strides = [rows * columns, rows * columns, columns, 1]
    return layout
  }

  /// All elements as the channels of one pixel, in the value's own order.
  static func dense(_ count: Int) -> Layout { Layout(sizes: [count], axes: [nil, nil, nil, 0]) }

  /// Whether both put every element at the same byte.
  func isEquivalent(to other: Layout) -> Bool {
    dims == other.dims && zip(zip(dims, strides), other.strides).allSatisfy { $0.0 == 1 || $0.1 == $1 }
  }

  /// The layout of the same bytes after the value's axes are reordered; nil where the map's axes are not the value's.
  func transposed(_ sizes: [Int], by order: [Int]) -> Layout? {
    let before = Tensor.strides(of: sizes)
    let after = Tensor.strides(of: order.map { sizes[$0] })
    var result = self
    var matched: Set<Int> = []
    for p in 0..<4 where dims[p] > 1 {
      guard let axis = sizes.indices.first(where: { sizes[$0] == dims[p] && before[$0] == strides[p] }) else {
        return nil
      }
      matched.insert(axis)
      result.strides[p] = after[order.firstIndex(of: axis) ?? 0]
    }
    return sizes.indices.allSatisfy { sizes[$0] == 1 || matched.contains($0) } ? result : nil
  }
}

extension Layout {
  /// Elements that lie evenly apart in two maps of the same value.
  struct Atom: Hashable {
    var count: Int
    /// Bytes from one to the next in either.
    var from: Int
    var to: Int
  }

  /// What both maps' axes are made of, outermost in the other one first; nil where their axes overlap otherwise.
  func atoms(with other: Layout) -> [Atom]? {
    var bounds: Set<Int> = []
    for layout in [self, other] {
      for place in 0..<4 where layout.dims[place] > 1 {
        bounds.formUnion([layout.strides[place], layout.strides[place] * layout.dims[place]])
      }
    }
    let sorted = bounds.sorted()
    var atoms: [Atom] = []
    for (low, high) in zip(sorted, sorted.dropFirst()) {
      guard high.isMultiple(of: low), let from = byteStride(of: low), let to = other.byteStride(of: low)
      else {
        return nil
      }
      atoms.append(Atom(count: high / low, from: from, to: to))
    }
    guard atoms.map(\.count).reduce(1, *) == elementCount else { return nil }
    return atoms.sorted { ($0.to, $0.from) > ($1.to, $1.from) }
  }

  /// Bytes between elements that are so many apart in the value's order.
  private func byteStride(of logical: Int) -> Int? {
    guard
      let place = (0..<4).first(where: {
        dims[$0] > 1 && strides[$0] <= logical && logical < strides[$0] * dims[$0]
          && logical.isMultiple(of: strides[$0])
      })
    else { return nil }
    return byteStrides[place] * (logical / strides[place])
  }
}

extension Int {
  /// The smallest multiple of `unit` that is not less.
  func roundedUp(to unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
