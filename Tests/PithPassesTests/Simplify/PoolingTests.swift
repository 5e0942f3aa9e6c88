import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: padding and pooling")
struct PoolingTests {
  private func padding(_ begin: [Int], _ end: [Int]) -> Padding { .explicit(begin: begin, end: end) }

  @Test func zerosGoIntoTheConv() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 7, 8])
    let y = b.add(Pad(), x, b.ints([0, 0, 1, 2, 0, 0, 3, 4]), b.scalar(0))
    let z = b.conv(y, weights: [3, 2, 3, 3], Conv(strides: [2, 2], padding: padding([1, 0], [0, 1])))
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Conv"])
    #expect(graph.first(Conv.self)?.padding == padding([2, 2], [3, 5]))
  }

  @Test func zerosGoIntoAConvThatPadsByItself() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 7, 8])
    let y = b.add(Pad(), x, b.ints([1, 1, 1, 1]), nil, b.ints([2, -1]))
    let z = b.conv(y, weights: [3, 2, 3, 3], Conv(strides: [2, 2], padding: .sameUpper))
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Conv"])
  }

  @Test func otherPadsStay() throws {
    var b = GraphBuilder()
    let x = b.input([2, 2, 7, 8])
    let pads = b.ints([0, 0, 1, 1, 0, 0, 1, 1])
    let rule = FoldPad()
    func conv(_ y: ValueID, channels: Int = 2) throws -> Graph {
      try b.build(b.conv(y, weights: [3, channels, 3, 3]))
    }
    try expectUntouched(conv(b.add(Pad(), x, pads, b.scalar(1))), by: rule)
    try expectUntouched(conv(b.add(Pad(), x, pads, b.input([], "value"))), by: rule)
    try expectUntouched(conv(b.add(Pad(mode: .reflect), x, pads)), by: rule)
    try expectUntouched(conv(b.add(Pad(mode: .edge), x, pads)), by: rule)
    try expectUntouched(conv(b.add(Pad(), x, b.ints([0, 0, -1, 0, 0, 0, 1, 1]))), by: rule)
    try expectUntouched(conv(b.add(Pad(), x, b.ints([0, 1, 0, 0, 0, 0, 1, 1])), channels: 3), by: rule)
    try expectUntouched(
      b.build(b.add(MaxPool(window: Window(kernel: [3, 3])), b.add(Pad(), x, pads))), by: rule)
  }

  @Test func zerosGoIntoAnAveragePoolThatCountsThem() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 7, 8])
    let y = b.add(Pad(), x, b.ints([0, 0, 1, 1, 0, 0, 1, 1]))
    let window = Window(kernel: [3, 3], strides: [2, 2])
    let graph = try simplified(b.build(b.add(AveragePool(window: window), y)))
    #expect(graph.operators == ["AveragePool"])
    #expect(graph.first(AveragePool.self)?.countsPadding == true)
    var own = window
    own.padding = padding([1, 1], [1, 1])
    let counting = try simplified(b.build(b.add(AveragePool(window: own, countsPadding: true), y)))
    #expect(counting.first(AveragePool.self)?.window.padding == padding([2, 2], [2, 2]))
  }

  @Test func anAveragePoolWhoseOwnPaddingDoesNotCountKeepsThePad() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 7, 8])
    let y = b.add(Pad(), x, b.ints([0, 0, 1, 1, 0, 0, 1, 1]))
    var window = Window(kernel: [3, 3], padding: padding([1, 1], [1, 1]))
    try expectUntouched(b.build(b.add(AveragePool(window: window), y)), by: FoldPad())
    window = Window(kernel: [3, 3], strides: [2, 2], ceilMode: true)
    try expectUntouched(b.build(b.add(AveragePool(window: window), y)), by: FoldPad())
    try expectUntouched(
      b.build(b.add(AveragePool(window: Window(kernel: [1, 1], strides: [2, 2])), y)), by: FoldPad())
  }

  @Test(arguments: [true, false])
  func theMeanOfAMapIsAGlobalPool(keeps: Bool) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 7, 8])
    let y = b.add(ReduceMean(keepsDimensions: keeps), x, b.ints([-1, 2]))
    let graph = try simplified(b.build(y))
    #expect(graph.operators == (keeps ? ["GlobalAveragePool"] : ["GlobalAveragePool", "Flatten"]))
  }

  @Test func aWindowOfTheWholeMapIsAGlobalPool() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 7, 8])
    let graph = try simplified(b.build(b.add(AveragePool(window: Window(kernel: [7, 8])), x)))
    #expect(graph.operators == ["GlobalAveragePool"])
    let rule = UseGlobalAveragePool()
    try expectUntouched(b.build(b.add(AveragePool(window: Window(kernel: [7, 7])), x)), by: rule)
    let padded = Window(kernel: [7, 8], padding: padding([1, 0], [0, 0]))
    try expectUntouched(b.build(b.add(AveragePool(window: padded), x)), by: rule)
  }

  @Test func othersMeansStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 7, 8])
    for axes in [[1, 2], [3], [0, 2, 3], [1, 2, 3]] {
      try expectUntouched(b.build(b.add(ReduceMean(), x, b.ints(axes))), by: UseGlobalAveragePool())
    }
    try expectUntouched(b.build(b.add(ReduceMean(), x)), by: UseGlobalAveragePool())
    let row = b.input(["N", 2], "row")
    try expectUntouched(b.build(b.add(ReduceMean(), row, b.ints([1]))), by: UseGlobalAveragePool())
  }

  @Test(arguments: ["Flatten", "Reshape", "Squeeze"])
  func whatFollowsAGlobalPoolIsAFlatten(kind: String) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4, 7, 8])
    var y = b.add(GlobalAveragePool(), x)
    switch kind {
    case "Flatten": y = b.add(Flatten(), y)
    case "Reshape": y = b.add(Reshape(), b.add(Unsqueeze(), y, b.ints([0])), b.ints([-1, 4]))
    default: y = b.add(Squeeze(), b.add(Squeeze(), y, b.ints([3])), b.ints([2]))
    }
    let graph = try simplified(b.build(y))
    #expect(graph.operators == ["GlobalAveragePool", "Flatten"])
  }

  @Test func aReluAfterAMaxPoolGoesIntoTheConv() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 8, 8])
    var y = b.conv(x, weights: [3, 2, 3, 3], name: "conv")
    let window = Window(kernel: [3, 3], strides: [2, 2], padding: padding([1, 1], [1, 1]))
    y = b.add(MaxPool(window: window), y)
    y = b.clip(b.add(Flatten(), y), 0, 1)
    let graph = try simplified(b.build(y))
    #expect(graph.operators == ["Conv", "MaxPool", "Flatten"])
    #expect(graph.first(Conv.self)?.activation == .clip(0, 1))
  }

  @Test func aReluStaysAfterAMaxPoolThatMaySeeNothing() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 8, 8])
    let y = b.conv(x, weights: [3, 2, 3, 3])
    let hollow = Window(kernel: [2, 2], dilations: [2, 2], padding: padding([2, 2], [2, 2]))
    try expectUntouched(b.build(b.add(Relu(), b.add(MaxPool(window: hollow), y))), by: HoistActivation())
    let pooled = b.add(MaxPool(window: Window(kernel: [2, 2])), y)
    let z = b.add(Relu(), pooled)
    try expectUntouched(b.build(z, pooled), by: HoistActivation())
    try expectUntouched(b.build(z, y), by: HoistActivation())
  }
}
