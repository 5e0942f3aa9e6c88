import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Every operator that moves elements, on every type of them.
@Suite struct MovementTests {
  /// The numbers from 0 as another type.
  static func counting(_ shape: [Int], _ element: ElementType = .float32) throws -> Tensor {
    let count = try #require(Shape.elementCount(shape))
    return try Cast(to: element).evaluate([Tensor(shape: shape, ints: Array(0..<count))])[0]
  }

  /// What stands at each position of the output, as a position of a counting input.
  static func expect(
    _ op: any Executable, _ operands: [Tensor?], input: [Int], element: ElementType, shape: [Int],
    _ source: ([Int]) -> [Int]
  ) throws {
    let x = try counting(input, element)
    let values = Reference(x)
    let result = try op.evaluate([x] + operands)[0]
    #expect(result.element == element)
    expectClose(result, Reference(shape: shape) { values[source($0)] }, tolerance: 0)
  }

  @Test(arguments: ElementType.allCases, [nil, [0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1], [1, 2, 0]])
  func transposeReordersAxes(_ element: ElementType, _ permutation: [Int]?) throws {
    let order = permutation ?? [2, 1, 0]
    let input = [2, 3, 4]
    try Self.expect(
      Transpose(permutation: permutation), [], input: input, element: element, shape: order.map { input[$0] }
    ) { position in
      var source = [0, 0, 0]
      for (axis, from) in order.enumerated() { source[from] = position[axis] }
      return source
    }
  }

  @Test(arguments: ElementType.allCases)
  func sliceStepsThroughAxes(_ element: ElementType) throws {
    func slice(_ starts: [Int], _ ends: [Int], _ axes: [Int]?, _ steps: [Int]?) -> [Tensor?] {
      [
        Tensor(ints: starts), Tensor(ints: ends), axes.map { Tensor(ints: $0) },
        steps.map { Tensor(ints: $0) },
      ]
    }
    let input = [5, 6, 4]
    func check(_ operands: [Tensor?], _ shape: [Int], _ source: ([Int]) -> [Int]) throws {
      try Self.expect(Slice(), operands, input: input, element: element, shape: shape, source)
    }
    try check(slice([1, 2], [3, 100], nil, nil), [2, 4, 4]) { [$0[0] + 1, $0[1] + 2, $0[2]] }
    try check(slice([-1], [.min], [1], [-2]), [5, 3, 4]) { [$0[0], 5 - 2 * $0[1], $0[2]] }
    try check(slice([3, 0], [-10, .max], [2, 0], [-1, 3]), [2, 6, 4]) { [3 * $0[0], $0[1], 3 - $0[2]] }
    try check(slice([4], [1], [-1], [1]), [5, 6, 0]) { $0 }
    try check(slice([2], [.max], [0], [.max]), [1, 6, 4]) { [2, $0[1], $0[2]] }
    try check(slice([2], [.min], [0], [.min]), [1, 6, 4]) { [2, $0[1], $0[2]] }
  }

  @Test(arguments: ElementType.allCases, [-3, -2, -1, 0, 1, 2])
  func concatJoinsAlongOneAxis(_ element: ElementType, _ axis: Int) throws {
    let joined = axis < 0 ? axis + 3 : axis
    var shapes = [[2, 3, 4], [2, 3, 4], [2, 3, 4]]
    for (index, size) in [1, 0, 5].enumerated() { shapes[index][joined] = size }
    let parts = try shapes.map { try Self.counting($0, element) }
    let references = parts.map(Reference.init)
    var shape = [2, 3, 4]
    shape[joined] = 6
    let expected = Reference(shape: shape) { position in
      var position = position
      if position[joined] == 0 { return references[0][position] }
      position[joined] -= 1
      return references[2][position]
    }
    expectClose(try Concat(axis: axis).evaluate(parts)[0], expected, tolerance: 0)
  }

  @Test(arguments: ElementType.allCases, [-3, -2, -1, 0, 1, 2])
  func splitCutsAlongOneAxis(_ element: ElementType, _ axis: Int) throws {
    let x = try Self.counting([7, 7, 7], element)
    let cut = axis < 0 ? axis + 3 : axis
    let parts: [(Split, [Tensor?], [Int])] = [
      (Split(axis: axis, partCount: 1), [], [7]), (Split(axis: axis, partCount: 3), [], [3, 3, 1]),
      (Split(axis: axis, partCount: 3), [Tensor(ints: [5, 0, 2])], [5, 0, 2]),
    ]
    for (op, operands, sizes) in parts {
      let results = try op.evaluate([x] + operands)
      #expect(results.map { $0.shape[cut] } == sizes)
      #expect(try Concat(axis: axis).evaluate(results) == [x])
    }
  }

  @Test(arguments: ElementType.allCases, [0, 1, -1])
  func gatherPicksSlices(_ element: ElementType, _ axis: Int) throws {
    let input = [3, 4, 5]
    let at = axis < 0 ? axis + 3 : axis
    let indices = [[2, -1, 0], [0, 1, -2]]
    let shape = input[..<at] + [2, 3] + input[(at + 1)...]
    for type in [ElementType.int64, .int32] {
      let tensor = try Cast(to: type).evaluate([Tensor(shape: [2, 3], ints: indices.flatMap(\.self))])[0]
      try Self.expect(Gather(axis: axis), [tensor], input: input, element: element, shape: Array(shape)) {
        let index = indices[$0[at]][$0[at + 1]]
        return Array($0[..<at] + [index < 0 ? index + input[at] : index] + $0[(at + 2)...])
      }
    }
    try Self.expect(
      Gather(axis: axis), [Tensor(shape: [], ints: [1])], input: input, element: element,
      shape: Array(input[..<at] + input[(at + 1)...])
    ) { Array($0[..<at] + [1] + $0[at...]) }
  }

  @Test(arguments: ElementType.allCases)
  func constantPaddingFramesAndCrops(_ element: ElementType) throws {
    let x = try Self.counting([3, 4], element)
    let values = Reference(x)
    let fill = try Cast(to: element).evaluate([Tensor(1)])[0]
    let pads = Tensor(ints: [1, -1, 2, 3])
    for value in [nil, fill] {
      let expected = Reference(shape: [6, 6]) {
        $0[1] + 1 < 1 ? -1 : values.element([$0[0] - 1, $0[1] + 1], outside: value == nil ? 0 : 1)
      }
      expectClose(try Pad().evaluate([x, pads, value])[0], expected, tolerance: 0)
    }
    let cropped = try Pad().evaluate([x, Tensor(ints: [-3, 2]), nil, Tensor(ints: [1])])[0]
    #expect(cropped.shape == [3, 3])
    expectClose(
      cropped, Reference(shape: [3, 3]) { values.element([$0[0], $0[1] + 3], outside: 0) }, tolerance: 0)
  }

  @Test(arguments: ElementType.allCases)
  func otherPaddingRepeats(_ element: ElementType) throws {
    let pads = [Tensor(ints: [2, 3]), nil, Tensor(ints: [-1])]
    func check(_ mode: Pad.Mode, _ source: [Int]) throws {
      try Self.expect(Pad(mode: mode), pads, input: [2, 4], element: element, shape: [2, 9]) {
        [$0[0], source[$0[1]]]
      }
    }
    try check(.edge, [0, 0, 0, 1, 2, 3, 3, 3, 3])
    try check(.reflect, [2, 1, 0, 1, 2, 3, 2, 1, 0])
    try check(.wrap, [2, 3, 0, 1, 2, 3, 0, 1, 2])
    try Self.expect(
      Pad(mode: .edge), [Tensor(ints: [-2, 2]), nil, Tensor(ints: [1])], input: [2, 4], element: element,
      shape: [2, 4]
    ) { [$0[0], [2, 3, 3, 3][$0[1]]] }
  }

  @Test(arguments: ElementType.allCases)
  func shapesChangeAndElementsStay(_ element: ElementType) throws {
    let x = try Self.counting([2, 1, 3, 4], element)
    let results: [(any Executable, [Tensor?], [Int])] = [
      (Reshape(), [Tensor(ints: [0, -1])], [2, 12]), (Reshape(), [Tensor(ints: [4, 6])], [4, 6]),
      (Flatten(), [], [2, 12]), (Flatten(axis: -1), [], [6, 4]), (Flatten(axis: 0), [], [1, 24]),
      (Squeeze(), [], [2, 3, 4]), (Squeeze(), [Tensor(ints: [-3])], [2, 3, 4]),
      (Unsqueeze(), [Tensor(ints: [0, -1])], [1, 2, 1, 3, 4, 1]), (Identity(), [], [2, 1, 3, 4]),
    ]
    for (op, operands, shape) in results {
      #expect(try op.evaluate([x] + operands) == [x.reshaped(shape)], "\(op.name)")
    }
  }

  @Test func shapeIsAVector() throws {
    let x = try Self.counting([2, 3, 4])
    #expect(try ShapeOf().evaluate([x]) == [Tensor(ints: [2, 3, 4])])
    #expect(try ShapeOf(start: 1, end: -1).evaluate([x]) == [Tensor(ints: [3])])
    #expect(try ShapeOf(start: -2).evaluate([x]) == [Tensor(ints: [3, 4])])
  }

  @Test func dropoutKeepsEverything() throws {
    let x = try Self.counting([2, 2])
    let kept = Tensor(shape: [2, 2], storage: .bool([true, true, true, true]))
    #expect(try Dropout().evaluate([x, Tensor(0.5)]) == [x, kept])
    #expect(try Dropout().evaluate([x, nil, Tensor(shape: [], storage: .bool([false]))]) == [x, kept])
  }

  @Test func constantIsItself() throws {
    let x = try Self.counting([2, 2], .int8)
    #expect(try Constant(tensor: x).evaluate([]) == [x])
  }

  @Test func castsTruncateWrapAndStayInRange() throws {
    let x = Tensor(shape: [7], floats: [0, -1.75, 2.5, 300.9, 1e30, -.infinity, .nan])
    func cast(_ element: ElementType) throws -> Tensor.Storage {
      try Cast(to: element).evaluate([x])[0].storage
    }
    #expect(try cast(.int64) == .int64([0, -1, 2, 300, .max, .min, 0]))
    #expect(try cast(.uint8) == .uint8([0, 255, 2, 44, 255, 0, 0]))
    #expect(try cast(.int8) == .int8([0, -1, 2, 44, -1, 0, 0]))
    #expect(try cast(.bool) == .bool([false, true, true, true, true, true, true]))
    #expect(
      try Cast(to: .float32).evaluate([Tensor(shape: [2], storage: .bool([false, true]))])
        == [Tensor(shape: [2], floats: [0, 1])])
    #expect(
      try Cast(to: .int32).evaluate([Tensor(ints: [(1 << 32) + 5, -1])])
        == [Tensor(shape: [2], storage: .int32([5, -1]))])
  }
}
