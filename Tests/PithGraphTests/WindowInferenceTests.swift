import PithGraph
import Testing

private func pads(_ begin: [Int], _ end: [Int]) -> Padding { .explicit(begin: begin, end: end) }

@Suite("Inference: convolutions and pools")
struct WindowInferenceTests {
  static let convolutions: [InferenceCase] = [
    .gives(Conv(), [["N", 3, 8, 9], [4, 3, 3, 3]], ["N", 4, 6, 7]),
    .gives(Conv(), [["N", 3, 8, 9], [4, 3, 3, 3], [4]], ["N", 4, 6, 7]),
    .gives(Conv(strides: [2, 3]), [[1, 3, 8, 9], [4, 3, 3, 3]], [1, 4, 3, 3]),
    .gives(Conv(dilations: [2, 3]), [[1, 3, 8, 9], [4, 3, 3, 3]], [1, 4, 4, 3]),
    .gives(Conv(padding: pads([1, 0], [2, 0])), [[1, 3, 8, 9], [4, 3, 3, 3]], [1, 4, 9, 7]),
    .gives(Conv(strides: [2, 2], padding: .sameUpper), [[1, 3, 7, 8], [4, 3, 3, 3]], [1, 4, 4, 4]),
    .gives(Conv(strides: [2, 2], padding: .sameLower), [[1, 3, 7, 8], [4, 3, 4, 4]], [1, 4, 4, 4]),
    .gives(Conv(groups: 4), [["N", 4, 8, 8], [8, 1, 3, 3]], ["N", 8, 6, 6]),
    .gives(Conv(strides: [1], dilations: [1], padding: .none(1)), [["N", 3, 8], [4, 3, 5]], ["N", 4, 4]),
    .gives(
      Conv(strides: [1, 1, 1], dilations: [1, 1, 1], padding: .none(3)),
      [["N", 1, 4, 4, 4], [2, 1, 2, 3, 4]],
      ["N", 2, 3, 2, 1]),
    // Axes of unknown size stay where the window keeps them.
    .gives(Conv(padding: pads([1, 0], [1, 0])), [["N", 3, "H", "W"], [4, 3, 3, 1]], ["N", 4, "H", "W"]),
    .gives(Conv(padding: .sameUpper), [["N", 3, "H", "W"], [4, 3, 5, 5]], ["N", 4, "H", "W"]),
    .gives(Conv(), [["N", "C", 8, 8], [4, 3, 3, 3]], ["N", 4, 6, 6]),
    .gives(Conv(), [["N", 3, "H", 8], [4, 3, 3, 3]], ["N", 4, "H-2", 6]),
    .gives(
      Conv(strides: [2, 2], padding: .sameUpper), [["N", 3, "H", 8], [4, 3, 3, 3]], ["N", 4, "(H+1)/2", 4]),
    .gives(
      Conv(strides: [2, 2], padding: pads([1, 1], [1, 1])), [["N", 3, "H", 8], [4, 3, 3, 3]],
      ["N", 4, "(H-1)/2+1", 4]),
    .fails(Conv(), [["N", 3], [4, 3, 3, 3]], "[N, C, spatial…]"),
    .fails(Conv(), [["N", 3, 8, 8], [4, 3, 3]], "4 axes are needed"),
    .fails(Conv(), [["N", 3, 8, 8], [4, "C", 3, 3]], "must be known and positive"),
    .fails(Conv(), [["N", 3, 8, 8], [4, 3, 0, 3]], "must be known and positive"),
    .fails(Conv(), [["N", 3, 8, 8], [4, 2, 3, 3]], "the input has 3 channels"),
    .fails(Conv(groups: 3), [["N", 3, 8, 8], [4, 1, 3, 3]], "3 groups"),
    .fails(Conv(groups: 0), [["N", 3, 8, 8], [4, 3, 3, 3]], "0 groups"),
    .fails(Conv(groups: -1), [["N", 3, 8, 8], [4, 3, 3, 3]], "-1 groups"),
    .fails(Conv(), [["N", 3, 8, 8], [4, 3, 3, 3], [3]], "[4] is needed"),
    .fails(Conv(), [["N", 3, 8, 8], [4, 3, 3, 3], [4, 1]], "1 axes are needed"),
    .fails(Conv(), [["N", 3, 8, 8], [4, 3, 9, 3]], "does not fit"),
    .fails(Conv(strides: [0, 1]), [["N", 3, 8, 8], [4, 3, 3, 3]], "must be from 1"),
    .fails(Conv(strides: [1, Int.max]), [["N", 3, 8, 8], [4, 3, 3, 3]], "must be from 1"),
    .fails(Conv(dilations: [-1, 1]), [["N", 3, 8, 8], [4, 3, 3, 3]], "must be from 1"),
    .fails(Conv(strides: [1]), [["N", 3, 8, 8], [4, 3, 3, 3]], "must have 2 numbers"),
    .fails(Conv(padding: pads([-1, 0], [0, 0])), [["N", 3, 8, 8], [4, 3, 3, 3]], "from 0 to"),
    .fails(Conv(padding: pads([0], [0])), [["N", 3, 8, 8], [4, 3, 3, 3]], "must be 2 numbers"),
    .fails(Conv(), [.typed(.int32, ["N", 3, 8, 8]), [4, 3, 3, 3]], "must be floating-point"),
    .fails(Conv(), [["N", 3, 8, 8]], "has 1 operands, but takes 2 to 3"),
    .fails(Conv(), [["N", 3, 8, 8], .absent], "operand 1 is missing"),
  ]

  static let pools: [InferenceCase] = [
    .gives(MaxPool(window: Window(kernel: [2, 2], strides: [2, 2])), [["N", 3, 8, 7]], ["N", 3, 4, 3]),
    .gives(
      MaxPool(window: Window(kernel: [2, 2], strides: [2, 2], ceilMode: true)), [["N", 3, 8, 7]],
      ["N", 3, 4, 4]),
    // The last window would start in the padding.
    .gives(
      MaxPool(window: Window(kernel: [2], strides: [2], padding: pads([0], [1]), ceilMode: true)),
      [["N", 3, 4]], ["N", 3, 2]),
    .gives(MaxPool(window: Window(kernel: [3, 3], dilations: [2, 2])), [["N", 3, 8, 7]], ["N", 3, 4, 3]),
    .gives(MaxPool(window: Window(kernel: [1, 1])), [["N", 3, "H", "W"]], ["N", 3, "H", "W"]),
    .fails(MaxPool(window: Window(kernel: [2, 2])), [["N", 3, 8]], "must have 1 numbers"),
    .fails(MaxPool(window: Window(kernel: [2])), [["N", 3]], "[N, C, spatial…]"),
    .fails(MaxPool(window: Window(kernel: [9])), [["N", 3, 8]], "does not fit"),
    .gives(
      AveragePool(window: Window(kernel: [3, 3], padding: .sameUpper)), [["N", 3, 8, 7]], ["N", 3, 8, 7]),
    .gives(
      AveragePool(window: Window(kernel: [3, 3], padding: pads([1, 1], [1, 1])), countsPadding: true),
      [["N", 3, 8, 7]], ["N", 3, 8, 7]),
    .fails(AveragePool(window: Window(kernel: [3, 3])), [["N", 3, 2, 7]], "does not fit"),
    .fails(AveragePool(window: Window(kernel: [3])), [["N", 3]], "[N, C, spatial…]"),
    .fails(
      AveragePool(window: Window(kernel: [3])), [.typed(.int64, ["N", 3, 8])], "must be floating-point"),
    .gives(GlobalAveragePool(), [["N", "C", "H", "W"]], ["N", "C", 1, 1]),
    .gives(GlobalAveragePool(), [["N", 3, 8]], ["N", 3, 1]),
    .fails(GlobalAveragePool(), [["N", 3]], "[N, C, spatial…]"),
    .gives(GlobalMaxPool(), [["N", "C", "H", "W"]], ["N", "C", 1, 1]),
    .fails(GlobalMaxPool(), [["N", 3]], "[N, C, spatial…]"),
  ]

  @Test(arguments: convolutions) func convolution(_ example: InferenceCase) throws { try example.check() }
  @Test(arguments: pools) func pool(_ example: InferenceCase) throws { try example.check() }

  @Test func samePaddingPutsTheOddPixelWhereItSays() {
    var window = Window(kernel: [3, 4], strides: [2, 1], padding: .sameUpper)
    #expect(window.pads(for: [8, 8]).begin == [0, 1])
    #expect(window.pads(for: [8, 8]).end == [1, 2])
    window.padding = .sameLower
    #expect(window.pads(for: [8, 8]).begin == [1, 2])
    #expect(window.pads(for: [8, 8]).end == [0, 1])
    // A stride beyond the window needs no padding, and never a negative one.
    window = Window(kernel: [1], strides: [4], padding: .sameUpper)
    #expect(window.pads(for: [9]).begin == [0])
    #expect(window.pads(for: [9]).end == [0])
  }
}
