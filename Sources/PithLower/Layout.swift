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
  private init(sizes: [Int], axes: [Int?]) {
    let logical = Tensor.strides(of: sizes)
    dims = axes.map { $0.map { sizes[$0] } ?? 1 }
    strides = axes.map { $0.map { logical[$0] } ?? 1 }
  }

  /// `[N, C]`, `[N, C, W]` and `[N, C, H, W]`: axis 1 innermost.
  static func channelsFirst(_ sizes: [Int]) -> Layout {
    switch sizes.count {
    case 1: Layout(sizes: sizes, axes: [nil, nil, nil, 0])
    case 2: Layout(sizes: sizes, axes: [0, nil, nil, 1])
    case 3: Layout(sizes: sizes, axes: [0, nil, 2, 1])
    case 4: Layout(sizes: sizes, axes: [0, 2, 3, 1])
    default: .dense(sizes.reduce(1, *))
    }
  }

  /// The last axis innermost: the value's own order.
  static func channelsLast(_ sizes: [Int]) -> Layout {
    switch sizes.count {
    case 1, 2: channelsFirst(sizes)
    case 3: Layout(sizes: sizes, axes: [0, nil, 1, 2])
    case 4: Layout(sizes: sizes, axes: [0, 1, 2, 3])
    default: .dense(sizes.reduce(1, *))
    }
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

extension Int {
  /// The smallest multiple of `unit` that is not less.
  func roundedUp(to unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
