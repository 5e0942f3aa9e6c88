import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct RepetitionTests {
  /// Elements of the tensor in the result's order, by the definition of Tile.
  private func tiled(_ from: [Int], _ to: [Int]) -> [Int] {
    let padded = Array(repeating: 1, count: to.count - from.count) + from
    return (0..<to.reduce(1, *)).map { index in
      var (rest, element, stride) = (index, 0, 1)
      for axis in to.indices.reversed() {
        element += rest % to[axis] % padded[axis] * stride
        stride *= padded[axis]
        rest /= to[axis]
      }
      return element
    }
  }

  private func repeated(_ repetition: Repetition) -> [Int] {
    let axes = repetition.axes
    return (0..<repetition.resultSizes.reduce(1, *)).map { index in
      var (rest, element, stride) = (index, 0, 1)
      for axis in axes.reversed() {
        let place = rest % (axis.size * axis.each * axis.times)
        element += place / axis.each % axis.size * stride
        stride *= axis.size
        rest /= axis.size * axis.each * axis.times
      }
      return element
    }
  }

  /// Axes of 1 and of more, repeated or not, in every combination of six.
  @Test func everyMergeKeepsTheElements() throws {
    #expect(
      try repeated(#require(Repetition(from: [4, 4, 4], to: [2, 1, 5, 4, 4, 4])))
        == tiled([4, 4, 4], [2, 1, 5, 4, 4, 4]))
    var seen = 0
    for number in 0..<4096 {
      let forms = (0..<6).map { number >> (2 * $0) & 3 }
      let from = forms.map { $0 % 2 == 0 ? 1 : 2 }
      let to = zip(from, forms).map { $0 * ($1 < 2 ? 1 : 3) }
      guard let repetition = Repetition(from: from, to: to) else { continue }
      seen += 1
      guard repeated(repetition) == tiled(from, to) else {
        Issue.record("\(from) to \(to): \(repetition)")
        return
      }
    }
    #expect(seen > 1000)
  }
}
