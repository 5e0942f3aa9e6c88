import PithGraph
import PithTestSupport
import Testing

@testable import PithLower

@Suite struct LayoutTests {
  /// Random sizes of at most four axes, many of them 1, and the two standard layouts of them.
  private static func samples() -> [(sizes: [Int], layout: Layout)] {
    var random = SeededRandom(seed: 5)
    return (0..<400).flatMap { _ -> [(sizes: [Int], layout: Layout)] in
      let sizes = random.ints(Int.random(in: 1...4, using: &random), in: 1...5)
      return [(sizes, .channelsFirst(sizes)), (sizes, .channelsLast(sizes))]
    }
  }

  /// The element, in the value's own order, at each byte; −1 in the padding.
  private func elements(_ layout: Layout) -> [Int] {
    var result = [Int](repeating: -1, count: layout.byteCount)
    layout.forEachElement { byte, element in result[byte] = element }
    return result
  }

  @Test func everyElementHasOneByte() {
    for (sizes, layout) in Self.samples() {
      let elements = elements(layout)
      #expect(elements.filter { $0 >= 0 }.sorted() == Array(0..<sizes.reduce(1, *)), "\(sizes)")
      #expect(layout.elementCount == sizes.reduce(1, *) && layout.pixelStride % 4 == 0)
    }
  }

  @Test func channelsAreInnermost() {
    let layout = Layout.channelsFirst([2, 3, 4, 5])
    #expect(layout.dims == [2, 4, 5, 3] && layout.strides == [60, 5, 1, 20])
    #expect(layout.byteStrides == [80, 20, 4, 1])
    let last = Layout.channelsLast([2, 3, 4, 5])
    #expect(last.dims == [2, 3, 4, 5] && last.strides == [60, 20, 5, 1])
    #expect(Layout.channelsFirst([2, 3, 4]).dims == [2, 1, 4, 3])
    #expect(Layout.channelsFirst([2, 3]).isEquivalent(to: .channelsLast([2, 3])))
    #expect(Layout.channelsFirst([2, 3, 1, 1]).isEquivalent(to: .channelsFirst([2, 3])))
    #expect(!Layout.channelsFirst([2, 3, 4]).isEquivalent(to: .channelsLast([2, 3, 4])))
  }

  @Test func transposingMovesNoByte() throws {
    var random = SeededRandom(seed: 6)
    for (sizes, layout) in Self.samples() {
      let order = sizes.indices.shuffled(using: &random)
      let result = try #require(layout.transposed(sizes, by: order), "\(sizes) by \(order)")
      let before = elements(layout)
      let after = elements(result)
      let (old, new) = (Tensor.strides(of: sizes), Tensor.strides(of: order.map { sizes[$0] }))
      for (byte, element) in before.enumerated() where element >= 0 {
        let index = sizes.indices.map { element / old[$0] % sizes[$0] }
        let moved = order.enumerated().reduce(0) { $0 + index[$1.element] * new[$1.offset] }
        #expect(after[byte] == moved, "\(sizes) by \(order)")
      }
    }
  }

  @Test func whatHasNoAxesOfItsOwnCannotBeTransposed() {
    #expect(Layout.dense(12).transposed([3, 4], by: [1, 0]) == nil)
    #expect(Layout.matrix(rows: 3, columns: 4).transposed([3, 4], by: [1, 0]) != nil)
  }

  /// A copy by atoms puts every element where the other layout has it.
  @Test func oneCopyLeadsToAnyOtherLayout() throws {
    var others = 0
    for (sizes, layout) in Self.samples() {
      let count = sizes.reduce(1, *)
      let rows = (1...count).filter { count % $0 == 0 }.map { Layout.matrix(rows: $0, columns: count / $0) }
      for other in [.channelsFirst(sizes), .channelsLast(sizes), .dense(count)] + rows {
        // Where one's axes end within another's, there is none.
        guard let atoms = layout.atoms(with: other) else { continue }
        others += 1
        let (from, to) = (elements(layout), elements(other))
        for index in 0..<count {
          var (rest, source, target) = (index, 0, 0)
          for atom in atoms.reversed() {
            source += rest % atom.count * atom.from
            target += rest % atom.count * atom.to
            rest /= atom.count
          }
          #expect(from[source] == to[target] && from[source] >= 0, "\(sizes)")
        }
      }
    }
    #expect(others > 100)
  }

  @Test func ordersAreFoundAgain() {
    for (sizes, _) in Self.samples() {
      for order in [AxisOrder.channelsFirst(rank: sizes.count), .channelsLast(rank: sizes.count)]
        + sizes.indices.map({ AxisOrder.innermost($0, rank: sizes.count) })
      {
        let layout = order.layout(of: sizes)
        #expect(AxisOrder(layout, of: sizes)?.layout(of: sizes).isEquivalent(to: layout) == true, "\(sizes)")
      }
    }
    #expect(AxisOrder(.dense(6), of: [1, 2, 3]) == nil)
  }

  @Test func rowsOfAMatrixAreFoundInTheMap() {
    var found = 0
    for (sizes, layout) in Self.samples() {
      let count = sizes.reduce(1, *)
      for rows in 1...count where count % rows == 0 {
        let depth = count / rows
        guard let order = layout.positions(rows: rows, depth: depth) else { continue }
        found += 1
        #expect(order.count * rows == layout.byteCount, "\(sizes) as \(rows) × \(depth)")
        #expect(order.filter { $0 >= 0 }.sorted() == Array(0..<depth))
        for (byte, element) in elements(layout).enumerated() {
          let column = order[byte % order.count]
          if element >= 0 {
            #expect(element == byte / order.count * depth + column, "\(sizes) as \(rows) × \(depth)")
          } else {
            #expect(column == -1)
          }
        }
      }
    }
    #expect(found > 1000)
  }

  @Test func theUsualMatricesAreFound() {
    // A flattened map, for each image.
    #expect(Layout.channelsFirst([2, 3, 4, 5]).positions(rows: 2, depth: 60)?.count == 80)
    #expect(Layout.channelsFirst([7, 10]).positions(rows: 7, depth: 10)?.count == 12)
    #expect(Layout.matrix(rows: 6, columns: 5).positions(rows: 6, depth: 5)?.count == 8)
    #expect(Layout.dense(9).positions(rows: 1, depth: 9)?.count == 12)
    // Steps of [N, steps, features] that lie features first.
    #expect(Layout.channelsFirst([1, 3, 5]).positions(rows: 3, depth: 5) == nil)
    #expect(Layout.channelsLast([1, 3, 5]).positions(rows: 3, depth: 5)?.count == 8)
  }
}
