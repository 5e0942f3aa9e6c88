import PithGraph
import PithTestSupport

/// Small networks from a seed, of what makes pruning hard: residual sums, concatenations, slices, groups, depthwise
/// convolutions, shuffles, gates, and dense layers after a flatten.
struct RandomNetwork {
  private var b: GraphBuilder
  /// Maps `[N, C, 4, 4]` by their channels.
  private var pool: [(id: ValueID, channels: Int)] = []

  static func make(seed: Int) throws -> Graph {
    var network = RandomNetwork(b: GraphBuilder(seed: seed))
    let channels = 1 + network.below(3)
    let input = network.b.input([.symbolic("N"), .fixed(channels), 4, 4])
    let stem = 4 * (1 + network.below(3))
    network.convolve(input, channels, to: stem)
    for _ in 0..<(2 + network.below(7)) { network.grow() }
    return try network.finish()
  }

  private init(b: GraphBuilder) { self.b = b }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &b.random) }
  private mutating func flip() -> Bool { below(2) == 0 }
  private mutating func push(_ id: ValueID, _ channels: Int) { pool.append((id, channels)) }

  /// Mostly the newest map.
  private mutating func pick() -> (id: ValueID, channels: Int) {
    pool[below(3) == 0 ? below(pool.count) : pool.count - 1]
  }

  private mutating func grow() {
    let (x, c) = pick()
    switch below(13) {
    case 0...1: convolve(x, c, to: 2 * (1 + below(6)))
    case 2: grouped(x, c)
    case 3: depthwise(x, c)
    case 4...5: residual(x, c)
    case 6: concatenate(x, c)
    case 7: split(x, c)
    case 8: shuffle(x, c)
    case 9: gate(x, c)
    case 10: affine(x, c)
    case 11: channelsLast(x, c)
    default: pick(x, c)
    }
  }

  private mutating func activated(_ x: ValueID, _ channels: Int) -> ValueID {
    var y = x
    if flip() { y = b.batchNorm(y, channels: channels) }
    switch below(6) {
    case 0: return b.add(Relu(), y)
    case 1: return b.clip(y, 0, 6)
    case 2: return b.add(Sigmoid(), y)
    case 3: return b.add(HardSwish(), y)
    case 4: return b.add(MaxPool(window: Window(kernel: [3, 3], padding: .sameUpper)), y)
    default: return y
    }
  }

  private mutating func convolve(_ x: ValueID, _ channels: Int, to outputs: Int) {
    let kernel = flip() ? 1 : 3
    let op = Conv(padding: .sameUpper, activation: below(4) == 0 ? .relu : nil)
    let y = b.conv(x, weights: [outputs, channels, kernel, kernel], bias: flip(), op)
    push(activated(y, outputs), outputs)
  }

  private mutating func grouped(_ x: ValueID, _ channels: Int) {
    let groups = flip() ? 2 : 4
    guard channels % groups == 0, channels / groups > 1 else { return convolve(x, channels, to: 8) }
    let outputs = groups * (1 + below(3))
    let op = Conv(padding: .sameUpper, groups: groups)
    let y = b.conv(x, weights: [outputs, channels / groups, 3, 3], bias: flip(), op)
    push(activated(y, outputs), outputs)
  }

  private mutating func depthwise(_ x: ValueID, _ channels: Int) {
    let multiplier = 1 + below(2)
    let op = Conv(padding: .sameUpper, groups: channels)
    let y = b.conv(x, weights: [channels * multiplier, 1, 3, 3], bias: flip(), op)
    push(activated(y, channels * multiplier), channels * multiplier)
  }

  private mutating func residual(_ x: ValueID, _ channels: Int) {
    let others = pool.filter { $0.channels == channels }
    if others.count > 1, flip() {
      push(b.add(Add(), x, others[below(others.count)].id), channels)
    } else {
      convolve(x, channels, to: channels)
      push(b.add(flip() ? Add() : Sub(), x, pool[pool.count - 1].id), channels)
    }
  }

  private mutating func concatenate(_ x: ValueID, _ channels: Int) {
    let other = pool[below(pool.count)]
    guard channels + other.channels <= 24 else { return }
    push(b.add(Concat(axis: flip() ? 1 : -3), x, other.id), channels + other.channels)
  }

  private mutating func split(_ x: ValueID, _ channels: Int) {
    guard channels > 1 else { return }
    let at = 1 + below(channels - 1)
    let end = flip() ? channels : Int(Int32.max)
    let first = b.add(Slice(), x, b.ints([0]), b.ints([at]), b.ints([1]))
    let second = b.add(Slice(), x, b.ints([at - channels]), b.ints([end]), b.ints([1]), b.ints([1]))
    push(first, at)
    push(second, channels - at)
    if at * 2 == channels, flip() { push(b.add(Mul(), first, second), at) }
  }

  private mutating func shuffle(_ x: ValueID, _ channels: Int) {
    guard channels % 2 == 0 else { return }
    let shape = [flip() ? 0 : -1, 2, channels / 2, 4, 4]
    let parts = b.add(Reshape(), x, b.ints(shape))
    let turned = b.add(Transpose(permutation: [0, 2, 1, 3, 4]), parts)
    push(b.add(Reshape(), turned, b.ints([-1, channels, 4, 4])), channels)
  }

  /// Squeeze and excitation.
  private mutating func gate(_ x: ValueID, _ channels: Int) {
    let squeezed = flip() ? b.add(GlobalAveragePool(), x) : b.add(ReduceMean(), x, b.ints([2, 3]))
    let hidden = b.add(Relu(), b.conv(squeezed, weights: [4, channels, 1, 1]))
    push(b.add(Mul(), x, b.add(Sigmoid(), b.conv(hidden, weights: [channels, 4, 1, 1]))), channels)
  }

  private mutating func affine(_ x: ValueID, _ channels: Int) {
    let scaled = b.add(Mul(), x, b.constant([channels, 1, 1], in: 0.5...1.5))
    push(b.add(Add(), scaled, b.constant(flip() ? [1, channels, 1, 1] : [1, 1, 4])), channels)
  }

  /// A dense layer over the channels of each pixel.
  private mutating func channelsLast(_ x: ValueID, _ channels: Int) {
    let outputs = 2 + below(8)
    let last = b.add(Transpose(permutation: [0, 2, 3, 1]), x)
    let y = b.add(Add(), b.add(MatMul(), last, b.constant([channels, outputs])), b.constant([outputs]))
    push(b.add(Transpose(permutation: [0, 3, 1, 2]), b.add(Relu(), y)), outputs)
  }

  /// Channels in another order, some of them twice.
  private mutating func pick(_ x: ValueID, _ channels: Int) {
    var order = Array(0..<channels).shuffled(using: &b.random)
    if flip() { order.append(-1) }
    push(b.add(Gather(axis: 1), x, b.ints(order)), order.count)
  }

  /// A head over the last map, and sometimes a second output.
  private mutating func finish() throws -> Graph {
    let (x, channels) = pool[pool.count - 1]
    var (features, width): (ValueID, Int)
    switch below(4) {
    case 0: (features, width) = (b.add(Flatten(), x), channels * 16)
    case 1: (features, width) = (b.add(Flatten(), b.add(GlobalAveragePool(), x)), channels)
    case 2:
      let batch = b.add(Gather(), b.add(ShapeOf(), x), b.ints([0]))
      let shape = b.add(Concat(axis: 0), batch, b.ints([channels * 16]))
      (features, width) = (b.add(Reshape(), x, shape), channels * 16)
    default:
      let mean = b.add(ReduceMean(), x, b.ints([-1, -2]))
      (features, width) = (b.add(Squeeze(), mean, b.ints([2, 3])), channels)
    }
    let hidden = b.add(Gemm(transposesB: true), features, b.constant([8, width]), b.constant([8]))
    let y = b.add(Softmax(), b.add(MatMul(), b.add(Relu(), hidden), b.constant([8, 3])))
    if below(4) == 0 { return try b.build(y, pool[below(pool.count)].id) }
    return try b.build(y)
  }
}
