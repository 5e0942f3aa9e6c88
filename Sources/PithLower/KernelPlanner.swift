import CPith
import PithGraph

/// What kind of kernels a program is planned for.
public enum ProgramTarget: String, CaseIterable, Sendable, Codable {
  case avx2
  case avxVNNI = "avx-vnni"
  case avx512VNNI = "avx512-vnni"

  /// The enum pith_isa.
  public var isa: UInt32 {
    switch self {
    case .avx2: PITH_ISA_AVX2.rawValue
    case .avxVNNI: PITH_ISA_AVX_VNNI.rawValue
    case .avx512VNNI: PITH_ISA_AVX512_VNNI.rawValue
    }
  }

  public init?(isa: UInt32) {
    guard let target = Self.allCases.first(where: { $0.isa == isa }) else { return nil }
    self = target
  }
}

/// Chooses how convolutions are cut up, from a small model of what a core does with them. Every choice gives the same bytes.
///
/// Counted in cycles of the ports that do dot products and loads: a tile of p pixels by b blocks of 16 channels takes at each
/// step p · b dot products and p + b loads; then each of its sums is requantized; and each tile's pixels are looked up once
/// for each chunk of channels.
public struct KernelPlanner: Sendable {
  public let target: ProgramTarget

  public init(_ target: ProgramTarget) { self.target = target }

  /// Pixels by blocks of 16 channels.
  struct Tile: Hashable, Sendable {
    var pixels: Int
    var blocks: Int
  }

  /// What the kernels have functions for; smaller tiles are for what remains.
  var tiles: [Tile] {
    switch target {
    case .avx2, .avxVNNI: [Tile(pixels: 6, blocks: 1), Tile(pixels: 4, blocks: 1)]
    case .avx512VNNI:
      [
        Tile(pixels: 6, blocks: 4), Tile(pixels: 6, blocks: 3), Tile(pixels: 6, blocks: 2),
        Tile(pixels: 12, blocks: 1), Tile(pixels: 12, blocks: 2),
      ]
    }
  }

  /// Cycles of a step's dot products and loads of one block, of a requantized block, and of looking up a pixel.
  private var costs: (dot: Double, load: Double, finish: Double, find: Double) {
    switch target {
    case .avx2: (4, 1, 10, 16)
    case .avxVNNI: (1, 1, 8, 6)
    case .avx512VNNI: (1, 0.5, 5, 4)
    }
  }

  /// A convolution as the model sees it.
  public struct Work: Sendable {
    public var pixels: Int
    /// Steps of 4 bytes.
    public var steps: Int
    public var channels: Int
    public var taps: Int
    /// Tiles of 4×4 pixels where Winograd's algorithm can make them; else nil.
    public var tiles: Int?

    public init(pixels: Int, steps: Int, channels: Int, taps: Int, tiles: Int? = nil) {
      (self.pixels, self.steps, self.channels, self.taps) = (pixels, steps, channels, taps)
      self.tiles = tiles
    }

    /// The work of an instruction; nil where it is no dense convolution.
    init?(_ instruction: pith_instruction, _ output: pith_tensor) {
      guard UInt32(instruction.opcode) == PITH_OP_CONV.rawValue else { return nil }
      let window = instruction.window
      let taps = Int(window.kernel_h) * Int(window.kernel_w)
      let pooled = UInt32(instruction.flags) & PITH_CONV_POOLS != 0 ? 4 : 1
      self.init(
        pixels: pooled * output.sizes[0...2].reduce(1, *), steps: taps * Int(window.tap_bytes) / 4,
        channels: Int(window.extent), taps: taps, tiles: instruction.winogradTiles(output))
    }
  }

  /// Whether a set has Winograd's algorithm: where words are multiplied in any case, it is less work.
  var hasWinograd: Bool { target == .avx2 }

  /// Tiles whose inputs are transformed together, of `depth` bytes of each pixel: enough that the filters, transformed anew
  /// each time, are little work.
  static func winogradChunk(depth: Int, tiles: Int) -> Int {
    Swift.min(tiles, Swift.max(8, Swift.min(64, (4 << 10) / Swift.max(depth, 1))))
  }

  /// Cycles of Winograd's algorithm: products of 36 points, and the transforms of inputs, filters and outputs.
  func winogradCycles(_ work: Work, tiles: Int) -> Double {
    let (depth, blocks) = (Double(4 * work.steps / 9), Double((work.channels + 15) / 16))
    let chunks = (Double(tiles) / Double(Self.winogradChunk(depth: Int(depth), tiles: tiles))).rounded(.up)
    let sums = 150 * (depth / 112).rounded(.up) + 16 * costs.finish
    let products = Double(tiles) * blocks * (36 * depth / 4 * costs.dot + sums)
    return products + Double(tiles) * 6 * depth + chunks * blocks * 100 * depth
  }

  func cycles(_ work: Work, _ tile: Tile) -> Double {
    let blocks = (work.channels + 15) / 16
    func time(_ pixels: Int, _ blocks: Int) -> Double {
      // What is loaded beside dot products costs a little, too.
      let loads = Double(pixels + blocks) * costs.load
      let dots = Double(pixels * blocks) * costs.dot
      // Fewer sums than a dot product takes to finish leave the unit waiting.
      let step = Swift.max(dots, loads, 4 * costs.dot) + 0.1 * loads
      return Double(work.steps) * step + Double(pixels * blocks) * costs.finish
    }
    func row(_ pixels: Int) -> Double {
      guard pixels > 0 else { return 0 }
      let whole = Double(blocks / tile.blocks) * time(pixels, tile.blocks)
      let rest = blocks % tile.blocks
      return whole + (rest > 0 ? time(pixels, rest) : 0) + Double(pixels + work.taps) * costs.find
    }
    return Double(work.pixels / tile.pixels) * row(tile.pixels) + row(work.pixels % tile.pixels)
  }

  /// How to run one instruction; zeros, which leave all to the runtime, for what is no convolution of several pixels.
  public func plan(_ work: Work) -> pith_plan {
    var plan = pith_plan()
    plan.isa = UInt8(target.isa)
    guard work.pixels > 1, work.steps > 0, let best = tiles.min(by: { cycles(work, $0) < cycles(work, $1) })
    else { return plan }
    if hasWinograd, let tiles = work.tiles, winogradCycles(work, tiles: tiles) < cycles(work, best) {
      return winogradPlan(chunk: Self.winogradChunk(depth: 4 * work.steps / 9, tiles: tiles))
    }
    plan.pixels = UInt8(best.pixels)
    plan.blocks = UInt8(best.blocks)
    // As many channels as half of the second-level cache holds the weights of, in whole tiles.
    let unit = 16 * best.blocks
    let fit = Self.chunkBytes / (4 * work.steps) / unit * unit
    let most = Swift.min(1024, work.channels.roundedUp(to: unit))
    plan.chunk = UInt16(Swift.max(unit, Swift.min(fit, most)) / 16)
    return plan
  }

  private static let chunkBytes = 256 << 10

  private func winogradPlan(chunk: Int, axis: pith_axis = PITH_AXIS_ANY) -> pith_plan {
    var plan = pith_plan()
    plan.isa = UInt8(target.isa)
    plan.algorithm = UInt8(PITH_ALGORITHM_WINOGRAD.rawValue)
    plan.chunk = UInt16(chunk)
    plan.axis = UInt8(axis.rawValue)
    return plan
  }
}

extension pith_instruction {
  /// Whether it is a convolution for Winograd's algorithm.
  fileprivate var canBeWinograd: Bool {
    UInt32(opcode) == PITH_OP_CONV.rawValue && window.kernel_h == 3 && window.kernel_w == 3
      && window.stride_h == 1 && window.stride_w == 1 && window.dilation_h == 1 && window.dilation_w == 1
  }

  /// Tiles of 4×4 outputs, or of the 2×2 that they are pooled to, of such a convolution; nil of others.
  func winogradTiles(_ output: pith_tensor) -> Int? {
    guard canBeWinograd else { return nil }
    let sizes = output.sizes.map(UInt64.init)
    return Int(
      pith_winograd_tiles(sizes[0], sizes[1], sizes[2], UInt32(flags) & PITH_CONV_POOLS != 0 ? 1 : 0))
  }
}

extension ProgramBuilder {
  /// A plan for each instruction.
  func plans(for target: ProgramTarget) -> ProgramPlans {
    let planner = KernelPlanner(target)
    let plans = instructions.map { instruction in
      KernelPlanner.Work(instruction, tensors[Int(instruction.output)]).map(planner.plan) ?? pith_plan()
    }
    return ProgramPlans(isa: target.isa, plans: plans)
  }
}

extension KernelPlanner {
  /// Whether an instruction can be run as a plan says.
  public static func can(_ plan: pith_plan, _ instruction: pith_instruction) -> Bool {
    UInt32(plan.algorithm) != PITH_ALGORITHM_WINOGRAD.rawValue || instruction.canBeWinograd
  }

  /// The ways to run convolutions that are worth measuring.
  /// - Parameter threads: with several, what they share is part of it.
  public func candidates(threads: Int) -> [pith_plan] {
    let axes = threads > 1 ? [PITH_AXIS_ROWS, PITH_AXIS_PIXELS, PITH_AXIS_CHANNELS] : [PITH_AXIS_ANY]
    let winograd =
      !hasWinograd
      ? []
      : [16, 32, 64].flatMap { chunk in
        axes.filter { $0 != PITH_AXIS_PIXELS }.map { winogradPlan(chunk: chunk, axis: $0) }
      }
    return winograd
      + tiles.flatMap { tile in
        [4, 8, 16, 64].flatMap { chunk in
          axes.map { axis in
            var plan = pith_plan()
            plan.isa = UInt8(target.isa)
            (plan.pixels, plan.blocks) = (UInt8(tile.pixels), UInt8(tile.blocks))
            plan.chunk = UInt16(chunk)
            plan.axis = UInt8(axis.rawValue)
            return plan
          }
        }
      }
  }
}
