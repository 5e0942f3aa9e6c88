import Testing

@testable import PithData

@Suite struct AugmentationTests {
  @Test(arguments: [
    ("none", Augmentation()),
    ("crop:4", Augmentation(cropPadding: 4)),
    ("flip", Augmentation(flipProbability: 0.5)),
    ("flip:0.25", Augmentation(flipProbability: 0.25)),
    (
      "mixup:0.2, cutout:8 ,noise:0.05,flip,crop:4",
      Augmentation(cropPadding: 4, flipProbability: 0.5, noise: 0.05, cutout: 8, mixup: 0.2)
    ),
    ("noise:1/10", Augmentation(noise: 0.1)),
  ])
  func textsAreRead(text: String, expected: Augmentation) throws {
    let found = try Augmentation(text)
    #expect(found == expected)
    #expect(try Augmentation(found.description) == found)
    #expect(found.isEmpty == (text == "none"))
  }

  @Test(arguments: [
    ("", "unknown augmentation ''"), ("crop", "'crop' is not of the form crop:PIXELS"),
    ("crop:0", "'crop:0' is not of"), ("crop:-1", "not of the form"), ("crop:1.5", "not of the form"),
    ("flip:2", "a probability"), ("flip:", "'flip:' is not of the form flip[:PROBABILITY]"),
    ("flip,flip", "occurs twice"), ("noise:nan", "not of the form noise:STD"), ("noise:inf", "not of"),
    ("rotate:3", "unknown augmentation 'rotate:3'; write none, or some of crop:PIXELS,flip"),
    ("crop:4,,flip", "unknown augmentation ''"), ("mixup:0.2:3", "not of the form mixup:ALPHA"),
    ("crop:99999999", "the padding is a number of pixels"), ("cutout:70000", "a number of pixels"),
  ])
  func wrongTextsAreErrors(text: String, expected: String) {
    let found = #expect(throws: AugmentationError.self) { try Augmentation(text) }
    #expect(found?.description.contains(expected) == true, "\(found?.description ?? "")")
  }

  @Test func numbersOutOfRangeAreErrors() {
    for wrong in [
      Augmentation(cropPadding: -1), Augmentation(flipProbability: 1.5), Augmentation(noise: -1),
      Augmentation(noise: .infinity), Augmentation(cutout: -3), Augmentation(mixup: .nan),
      Augmentation(cropPadding: .max),
    ] {
      #expect(throws: AugmentationError.self) { try wrong.validate() }
    }
  }
}

/// Moving an image, against one pixel at a time.
@Suite struct ImageGeometryTests {
  private func geometry(_ shape: [Int], channels: Int = 1) throws -> ImageGeometry? {
    let numbers = [Double](repeating: 1, count: channels)
    let transform = try ChannelTransform(
      Preprocessing(mean: numbers), shape: shape, holdsPixels: false, file: "x")
    return ImageGeometry(shape, transform: transform)
  }

  @Test func axesAreTold() throws {
    func axes(_ shape: [Int], channels: Int = 1) throws -> [Int]? {
      try geometry(shape, channels: channels).map { [$0.planes, $0.height, $0.width, $0.pixel] }
    }
    #expect(try axes([28, 30]) == [1, 28, 30, 1])
    #expect(try axes([3, 32, 30]) == [3, 32, 30, 1])
    #expect(try axes([32, 30, 3]) == [1, 32, 30, 3])
    #expect(try axes([64, 8, 8]) == [64, 8, 8, 1])
    #expect(try axes([4, 4, 2]) == [4, 4, 2, 1])
    #expect(try axes([5, 4, 3], channels: 5) == [5, 4, 3, 1])
    #expect(try axes([4, 4, 8], channels: 8) == [1, 4, 4, 8])
    #expect(try axes([12]) == nil && axes([2, 3, 4, 5]) == nil)
    // Rows that are scaled each in its own way.
    #expect(try axes([28, 30], channels: 28) == nil)
  }

  @Test(arguments: [[5, 7], [2, 5, 7], [5, 7, 3]]) func windowsAreMoved(shape: [Int]) throws {
    let geometry = try #require(try geometry(shape))
    let count = shape.elementCount
    let source = (0..<count).map { Float($0) }
    let border = (0..<count).map { -Float($0) - 1 }
    var output = source
    for (dy, dx) in [(0, 0), (1, 2), (-2, 3), (4, -6), (-9, 1), (1, 99), (-100, -100)] {
      for mirrored in [false, true] {
        geometry.copy(from: source, into: &output, dy: dy, dx: dx, mirrored: mirrored, border: border)
        for index in 0..<count {
          let (pixel, channel) = index.quotientAndRemainder(dividingBy: geometry.pixel)
          let (line, column) = pixel.quotientAndRemainder(dividingBy: geometry.width)
          let (plane, y) = line.quotientAndRemainder(dividingBy: geometry.height)
          let fromY = y + dy
          let fromX = (mirrored ? geometry.width - 1 - column : column) + dx
          let isInside = (0..<geometry.height).contains(fromY) && (0..<geometry.width).contains(fromX)
          let place = ((plane * geometry.height + fromY) * geometry.width + fromX) * geometry.pixel + channel
          #expect(
            output[index] == (isInside ? source[place] : border[index]), "\(dy) \(dx) \(mirrored) \(index)")
        }
      }
    }
  }

  @Test(arguments: [(0, 0, 3), (4, 6, 4), (2, 3, 1), (2, 2, 100)])
  func squaresAreErased(y: Int, x: Int, side: Int) throws {
    for shape in [[5, 7], [2, 5, 7], [5, 7, 3]] {
      let geometry = try #require(try geometry(shape))
      var image = [Float](repeating: 1, count: shape.elementCount)
      geometry.erase(&image, y: y, x: x, side: side)
      for index in image.indices {
        let column = index / geometry.pixel % geometry.width
        let row = index / geometry.pixel / geometry.width % geometry.height
        let isInside =
          (y - side / 2..<y - side / 2 + side).contains(row)
          && (x - side / 2..<x - side / 2 + side).contains(column)
        #expect(image[index] == (isInside ? 0 : 1))
      }
    }
  }
}
