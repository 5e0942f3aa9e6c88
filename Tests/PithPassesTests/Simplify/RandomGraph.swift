import PithGraph
import PithTestSupport

/// Small graphs from a seed: maps, matrices and the operators between them, with the idioms of exporters strewn in.
struct RandomGraph {
  private var b: GraphBuilder
  /// Values that may be read, all float32 with a leading axis of "N".
  private var pool: [(id: ValueID, shape: [Int])] = []

  static func make(seed: Int, nodes: Int) throws -> Graph {
    var generator = RandomGraph(b: GraphBuilder(seed: seed))
    let sizes = [2 + generator.below(3), 4, 5]
    generator.pool = [(generator.b.input(Shape([.symbolic("N")] + sizes.map { .fixed($0) })), sizes)]
    while generator.b.graph.nodes.count < nodes { generator.grow() }
    var outputs = [generator.pool[generator.pool.count - 1].id]
    // Sometimes what lies between is an output, too.
    if generator.below(3) == 0 { outputs.append(generator.pool[generator.below(generator.pool.count)].id) }
    var graph = generator.b.graph
    for output in outputs where !graph.inputs.contains(output) && !graph.outputs.contains(output) {
      graph.markOutput(output)
    }
    try graph.inferTypes()
    return graph
  }

  private init(b: GraphBuilder) { self.b = b }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &b.random) }

  /// Mostly the newest value, so that chains arise; at times an older one, so that values have several readers.
  private mutating func pick() -> (id: ValueID, shape: [Int]) {
    pool[below(4) == 0 ? below(pool.count) : pool.count - 1]
  }

  private mutating func push(_ id: ValueID, _ shape: [Int]) { pool.append((id, shape)) }

  private mutating func grow() {
    let (x, shape) = pick()
    switch below(10) {
    case 0...1: unary(x, shape)
    case 2...3: affine(x, shape)
    case 4: transpose(x, shape)
    case 5: reshape(x, shape)
    case 6: combine(x, shape)
    case 7: noise(x, shape)
    default: if shape.count == 3 { map(x, shape) } else if shape.count == 1 { matrix(x, shape) }
    }
  }

  private mutating func unary(_ x: ValueID, _ shape: [Int]) {
    switch below(8) {
    case 0: push(b.add(Relu(), x), shape)
    case 1: push(b.clip(x, 0, 6), shape)
    case 2: push(b.clip(x, -0.5, below(2) == 0 ? nil : 0.75), shape)
    case 3: push(b.add(Sigmoid(), x), shape)
    case 4: push(b.add(LeakyRelu(alpha: 0.1), x), shape)
    case 5: push(b.add(Softmax(axis: 1 + below(shape.count)), x), shape)
    case 6:
      let clamped = b.clip(b.add(Add(), x, b.scalar(3)), 0, 6)
      push(b.add(Div(), b.add(Mul(), x, clamped), b.scalar(6)), shape)
    default: push(b.add(Tanh(), x), shape)
    }
  }

  private mutating func affine(_ x: ValueID, _ shape: [Int]) {
    let full = [1] + shape
    // A constant that varies along one axis, or along none.
    var sizes = [Int](repeating: 1, count: full.count)
    let axis = below(full.count)
    sizes[axis] = full[axis]
    if below(2) == 0 { sizes = Array(sizes.drop { $0 == 1 }) }
    let c = b.constant(sizes, in: 0.5...1.5)
    switch below(6) {
    case 0: push(b.add(Mul(), c, x), shape)
    case 1: push(b.add(Sub(), x, c), shape)
    case 2: push(b.add(Div(), x, c), shape)
    case 3: push(b.add(Sub(), c, x), shape)
    case 4: push(b.batchNorm(x, channels: shape[0]), shape)
    default: push(b.add(Add(activation: below(3) == 0 ? .relu : nil), x, c), shape)
    }
  }

  private mutating func transpose(_ x: ValueID, _ shape: [Int]) {
    guard shape.count == 3 else { return }
    let order = below(2) == 0 ? [1, 2, 0] : [2, 0, 1]
    push(b.add(Transpose(permutation: [0] + order.map { $0 + 1 }), x), order.map { shape[$0] })
  }

  private mutating func reshape(_ x: ValueID, _ shape: [Int]) {
    let count = shape.reduce(1, *)
    switch below(5) {
    case 0: push(b.add(Flatten(), x), [count])
    case 1:
      let batch = b.add(Gather(), b.add(ShapeOf(), x), b.ints([0]))
      push(b.add(Reshape(), x, b.add(Concat(axis: 0), batch, b.ints([-1]))), [count])
    case 2 where shape.count == 3:
      push(b.add(Reshape(), x, b.ints([-1, shape[2], shape[0], shape[1]])), [shape[2], shape[0], shape[1]])
    case 3 where shape.count == 1: push(b.add(Unsqueeze(), x, b.ints([2, 3])), [count, 1, 1])
    default: push(b.add(Squeeze(), b.add(Unsqueeze(), x, b.ints([1])), b.ints([1])), shape)
    }
  }

  private mutating func combine(_ x: ValueID, _ shape: [Int]) {
    let others = pool.filter { $0.shape == shape }
    let y = others[below(others.count)].id
    switch below(4) {
    case 0: push(b.add(Add(), x, y), shape)
    case 1: push(b.add(Mul(), x, y), shape)
    case 2:
      guard shape[0] > 1 else { return }
      let first = 1 + below(shape[0] - 1)
      let sizes = [first, shape[0] - first]
      let name = "Split\(b.graph.nodes.count)"
      let parts = b.graph.add(
        Split(axis: 1, partCount: 2), [x, b.ints(sizes)], name: name, outputs: ["\(name).a", "\(name).b"])
      for (part, size) in zip(parts, sizes) { push(part, [size] + shape.dropFirst()) }
    default:
      guard shape[0] < 12 else { return }
      push(b.add(Concat(axis: 1), x, y), [2 * shape[0]] + shape.dropFirst())
    }
  }

  private mutating func noise(_ x: ValueID, _ shape: [Int]) {
    switch below(5) {
    case 0: push(b.add(Identity(), x), shape)
    case 1: push(b.add(Dropout(), x), shape)
    case 2: push(b.add(Cast(to: .float32), x), shape)
    case 3:
      let c = b.add(Mul(), b.constant(shape), b.constant(shape))
      push(b.add(Add(), x, c), shape)
    default: _ = b.add(Tanh(), x)
    }
  }

  private mutating func map(_ x: ValueID, _ shape: [Int]) {
    let (c, h, w) = (shape[0], shape[1], shape[2])
    switch below(7) {
    case 0...1:
      let m = 1 + below(5)
      push(b.conv(x, weights: [m, c, 1, 1], bias: below(2) == 0), [m, h, w])
    case 2:
      let padding = Padding.explicit(begin: [1, 1], end: [1, 1])
      push(b.conv(x, weights: [c, 1, 3, 3], Conv(padding: padding, groups: c)), shape)
    case 3:
      let padded = b.add(Pad(), x, b.ints([0, 0, 1, 1, 0, 0, 1, 1]))
      push(b.conv(padded, weights: [c, c, 3, 3], bias: false), shape)
    case 4:
      let keeps = below(2) == 0
      let mean = b.add(ReduceMean(keepsDimensions: keeps), x, b.ints([2, 3]))
      push(mean, keeps ? [c, 1, 1] : [c])
    case 5:
      let padded = b.add(Pad(), x, b.ints([1, 1, 1, 1]), nil, b.ints([2, 3]))
      push(b.add(AveragePool(window: Window(kernel: [3, 3])), padded), shape)
    default:
      let window = Window(kernel: [3, 3], padding: .explicit(begin: [1, 1], end: [1, 1]))
      push(b.add(MaxPool(window: window), x), shape)
    }
  }

  private mutating func matrix(_ x: ValueID, _ shape: [Int]) {
    let n = 1 + below(6)
    switch below(3) {
    case 0: push(b.add(Add(), b.add(MatMul(), x, b.constant([shape[0], n])), b.constant([n])), [n])
    case 1: push(b.add(Gemm(transposesB: true), x, b.constant([n, shape[0]]), b.constant([n])), [n])
    default: push(b.add(Gemm(alpha: 0.5, beta: 2), x, b.constant([shape[0], n]), b.constant([1, n])), [n])
    }
  }
}
