import Foundation
import PithData
import PithFiles
import Testing

@testable import PithData

/// What Pillow reads, ``ImageDecoder`` reads.
@Suite struct ImageDecoderTests {
  private func decoded(_ name: String, channels: Int) throws -> PixelImage {
    let file = ImageFile(container: .file(path: fixture("images/files/\(name)")))
    var image = PixelImage()
    try ImageDecoder().decode(file.bytes(), of: file, channels: channels, into: &image)
    return image
  }

  private func planes(_ image: PixelImage) -> [Float] {
    var planes = [UInt8](repeating: 0, count: image.pixels.count)
    planes.withUnsafeMutableBufferPointer { image.writePlanes(to: $0) }
    return planes.map { Float($0) }
  }

  @Test(arguments: [
    "full.jpg", "subsampled.jpg", "progressive.jpg", "grey.jpg", "rgb.png", "grey.png", "bits.png",
    "palette.png", "rgba.png", "grey_alpha.png",
  ])
  func imagesAreAsPillowReadsThem(name: String) throws {
    let expected = try NPZ.read(fixture("images/expected.npz"))
    for (channels, key) in [(3, name), (1, name + ".grey")] {
      let wanted = try #require(expected[key])
      let image = try decoded(name, channels: channels)
      #expect([image.channels, image.height, image.width] == wanted.shape)
      // Decoders of JPEG may round differently.
      let most: Float = name.hasSuffix(".jpg") ? 2 : 0
      let found = zip(planes(image), wanted.values).map { abs($0 - $1) }.max() ?? 255
      #expect(found <= most, "\(key) differs by \(found)")
    }
  }

  /// Networks are trained on the numbers in the file, whatever screen they were made for.
  @Test func coloursAreNotConverted() throws {
    let path = fixture("images/files/rgb.png")
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    // gAMA of 1/1, with its checksum; behind the header.
    let gamma: [UInt8] = [
      0, 0, 0, 4, 0x67, 0x41, 0x4D, 0x41, 0, 0x01, 0x86, 0xA0, 0x31, 0xE8, 0x96, 0x5F,
    ]
    let folder = FileManager.default.temporaryDirectory.path + "/pith-gamma-\(UUID().uuidString).png"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(bytes[..<33] + gamma + bytes[33...]).write(to: URL(filePath: folder))
    let file = ImageFile(container: .file(path: folder))
    var image = PixelImage()
    try ImageDecoder().decode(file.bytes(), of: file, channels: 3, into: &image)
    #expect(image.pixels == (try decoded("rgb.png", channels: 3)).pixels)
  }

  @Test(arguments: ["6x5", "30x17", "13x40", "1x1", "26x9"]) func resizingIsPillows(text: String) throws {
    let size = try #require(ImageSize(text))
    let expected = try NPZ.read(fixture("images/expected.npz"))
    for (channels, name) in [(3, "rgb.png"), (1, "rgb.png.grey")] {
      let image = try decoded("rgb.png", channels: channels).resized(height: size.height, width: size.width)
      #expect(planes(image) == expected["\(name)@\(text)"]?.values, "\(name) to \(text)")
    }
  }

  @Test func sizesAreHeightAndWidth() {
    #expect(ImageSize("32x48") == ImageSize(height: 32, width: 48))
    #expect(ImageSize(height: 3, width: 4).description == "3x4")
    for text in ["", "32", "x", "0x3", "3x-1", "3x3x3", "99999x1", "65536x65536", "a x b"] {
      #expect(ImageSize(text) == nil, "\(text)")
    }
  }
}

@Suite struct ImageFolderTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  private func copy(_ name: String, to path: String) throws {
    let target = URL(fileURLWithPath: files.path(path))
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: fixture("images/\(name)"), toPath: target.path)
  }

  @Test(arguments: ["classes", "classes/", "classes.zip:set/train", "classes.zip:set/train/"])
  func foldersAreClasses(name: String) throws {
    let (inputs, labels, set) = try all(fixture("images/\(name)"))
    #expect(set.sampleShape == [3, 6, 8] && set.count == 8)
    #expect(set.classNames == ["B", "a"])
    #expect(labels == [0, 0, 0, 0, 1, 1, 1, 1])
    let expected = try #require(try NPZ.read(fixture("images/expected.npz"))["classes"]).values
    #expect(zip(inputs, expected).allSatisfy { abs($0 * 255 - $1) < 2.01 })
    #expect(inputs.count == expected.count)
    // A part of the set, scaled by channel.
    let scaled = try DataSet(
      fixture("images/\(name)"), preprocessing: Preprocessing(scale: [1], mean: [1, 2, 3], std: [1, 1, 2]))
    let batch = try #require(try scaled.batches(of: 9, limit: 2).next())
    #expect(batch.indices == [0, 4] && batch.labels == [0, 1])
    #expect(batch.inputs[0] == Float(inputs[0] * 255).rounded() - 1)
    #expect(batch.inputs[2 * 48 + 5] == (Float(inputs[2 * 48 + 5] * 255).rounded() - 3) / 2)
  }

  @Test func greyImagesHaveOneChannel() throws {
    let (inputs, labels, set) = try all(fixture("images/classes.zip:set/test"))
    #expect(set.sampleShape == [1, 13, 17] && labels == [0, 1])
    let expected = try #require(try NPZ.read(fixture("images/expected.npz"))["grey.png.grey"]).values
    #expect(inputs == (expected + expected).map { Float(Double($0) * (1.0 / 255)) })
    let last = try files.write(
      "data: '\(fixture("images/classes"))'\nlayout: channels-last\nmean: [1, 2, 3]\nscale: 1\n",
      "l.data.yaml")
    let pixels = try all(last)
    let planes = try all(
      fixture("images/classes"), preprocessing: Preprocessing(scale: [1], mean: [1, 2, 3]))
    #expect(pixels.set.sampleShape == [6, 8, 3])
    for index in pixels.inputs.indices {
      let (sample, element) = index.quotientAndRemainder(dividingBy: 144)
      #expect(pixels.inputs[index] == planes.inputs[sample * 144 + element % 3 * 48 + element / 3])
    }
    // In three channels, as a YAML file says.
    let yaml = try files.write(
      "data: '\(fixture("images/classes.zip")):set/test'\nchannels: 3\nresize: 7x5\n", "a.data.yaml")
    let wide = try all(yaml)
    #expect(wide.set.sampleShape == [3, 7, 5] && wide.inputs.count == 210)
    #expect(wide.inputs[0..<35] == wide.inputs[35..<70])
  }

  @Test func aFlatFolderHasNoLabels() throws {
    for name in ["rgb.png", "full.jpg", "grey.png", "palette.png"] {
      try copy("files/\(name)", to: "flat/\(name)")
    }
    try files.write("hidden", "flat/.DS_Store")
    let source = try DataSource(files.path("flat"))
    var grey = source
    grey.channels = 1
    #expect(try source.holdsImageFiles() && !source.isTable())
    let set = try DataSet(source)
    #expect(!set.hasLabels && set.classNames == nil && set.sampleShape == [3, 13, 17] && set.count == 4)
    #expect(try set.batches(of: 4).next()?.labels == nil)
    #expect(try DataSet(grey).sampleShape == [1, 13, 17])
    // With labels in a file of their own, in the order of names.
    let labels = try files.write(idx(8, [4], [3, 1, 4, 1]), "y.idx")
    let labelled = try all("\(files.path("flat")),\(labels)")
    #expect(labelled.labels == [3, 1, 4, 1])
    let expected = try #require(try NPZ.read(fixture("images/expected.npz"))["grey.png"]).values
    #expect(labelled.inputs[3 * 221..<6 * 221] == expected.map { Float(Double($0) * (1.0 / 255)) }[...])
    #expect(
      message { try DataSet("\(fixture("images/classes")),\(labels)") }.contains("is one file too many"))
  }

  @Test func whatIsInTheWayIsNamed() throws {
    func text(_ name: String) -> String { message { try all(files.path(name)) } }
    func expect(_ name: String, _ start: String, _ part: String, _ line: Int = #line) {
      let found = text(name)
      #expect(
        found.hasPrefix(files.path(start) + ": ") && found.contains(part) && !found.contains("\n"),
        "\(found)",
        sourceLocation: SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1))
    }
    try copy("classes/B/9.png", to: "size/a/1.png")
    try copy("classes/B/10.png", to: "size/b/1.png")
    try copy("files/rgb.png", to: "size/b/2.png")
    expect("size", "size/b/2.png", "is 13x17 pixels (height x width), and the first image")
    try copy("files/grey.png", to: "colour/1.png")
    try copy("files/rgb.png", to: "colour/2.png")
    expect("colour", "colour/2.png", "is in colour, and the first image")
    try copy("files/rgb.png", to: "empty/a/1.png")
    try FileManager.default.createDirectory(atPath: files.path("empty/b"), withIntermediateDirectories: true)
    expect("empty", "empty/b", "holds no images, and every folder here is a class")
    try copy("files/rgb.png", to: "other/a/1.png")
    try copy("expected.npz", to: "other/a/2.npz")
    expect("other", "other/a/2.npz", "is no image by its name")
    try copy("expected.npz", to: "disguised/a/1.png")
    expect("disguised", "disguised/a/1.png", "is neither a JPEG nor a PNG image inside")
    try copy("files/rgb.png", to: "deep/train/a/1.png")
    expect("deep", "deep/train", "holds folders, and it should hold the images of a class")
    #expect(try all(files.path("deep/train")).set.count == 1)
    try copy("files/rgb.png", to: "mixed/a/1.png")
    try copy("files/rgb.png", to: "mixed/2.png")
    expect("mixed", "mixed", "holds the file '2.png' beside folders such as 'a'")
    try FileManager.default.createDirectory(atPath: files.path("void"), withIntermediateDirectories: true)
    expect("void", "void", "holds no images")
    try copy("files/cmyk.jpg", to: "cmyk/1.jpg")
    expect("cmyk", "cmyk/1.jpg", "CMYK")
    try files.write([], "nothing.png")
    try FileManager.default.createDirectory(atPath: files.path("nothing"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: files.path("nothing.png"), toPath: files.path("nothing/1.png"))
    expect("nothing", "nothing/1.png", "is empty")
    #expect(text("missing").contains("no such file"))
    #expect(mkfifo(files.path("void/1.png"), 0o600) == 0)
    expect("void", "void/1.png", "not a regular file")

    let archive = fixture("images/classes.zip")
    #expect(message { try DataSet(archive) }.contains("'set/test', 'set/train', behind a colon"))
    #expect(message { try DataSet(archive + ":set") }.contains("beside folders") == false)
    #expect(message { try DataSet(archive + ":set") }.contains("each should hold the images of a class"))
    #expect(
      message { try DataSet(archive + ":sets") }.contains("holds no folder 'sets'; folders of classes are"))
    var source = try DataSource(fixture("arrays/f4.npy"))
    source.imageSize = ImageSize(height: 3, width: 3)
    #expect(message { try DataSet(source) }.contains("so 'resize' has no meaning"))
    let yaml = try files.write("data: x\nresize: 3\n", "a.yaml")
    #expect(message { try DataSource(yaml) }.contains("line 2: resize: should be height and width"))
    try files.write("data: x\n\nchannels: 2\n", "a.yaml")
    #expect(message { try DataSource(yaml) }.contains("line 3: channels: should be 3"))
    try files.write("data: x\nlayout: nhwc\n", "a.yaml")
    #expect(
      message { try DataSource(yaml) }.contains("line 2: layout: should be channels-first or channels-last"))
  }

  @Test func classesAreComparedByName() throws {
    for name in ["one/a", "one/b", "one/c", "two/a", "two/c", "three/a", "three/b"] {
      try copy("files/rgb.png", to: name + "/1.png")
    }
    let (one, two, three) = try (
      DataSet(files.path("one")), DataSet(files.path("two")), DataSet(files.path("three"))
    )
    #expect(throws: Never.self) {
      try one.checkClasses(like: one)
      try one.checkClasses(like: DataSet(fixture("arrays/f4.npy")))
    }
    #expect(message { try two.checkClasses(like: one) }.contains("class 1 is called 'c', and in"))
    #expect(message { try two.checkClasses(like: one) }.contains("it is called 'b'"))
    #expect(message { try three.checkClasses(like: one) }.contains("class 2 is missing, and in"))
  }

  @Test func symbolicLinksAreFollowed() throws {
    try copy("files/rgb.png", to: "real/1.png")
    try FileManager.default.createDirectory(atPath: files.path("linked"), withIntermediateDirectories: true)
    #expect(symlink(files.path("real"), files.path("linked/a")) == 0)
    #expect(symlink(files.path("real"), files.path("linked/b")) == 0)
    #expect(try all(files.path("linked")).labels == [0, 1])
  }
}
