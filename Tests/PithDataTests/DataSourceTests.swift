import Foundation
import PithData
import Testing

@Suite struct DataSourceTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  @Test func splitsSpecifications() throws {
    let one = try DataSource("a/images.idx.gz")
    #expect(one.path == "a/images.idx.gz" && one.labelPath == nil && one.arrays.isEmpty)
    let two = try DataSource("x.npy,y.npy")
    #expect(two.path == "x.npy" && two.labelPath == "y.npy")
    let archive = try DataSource("dir/f.npz:a,b")
    #expect(archive.path == "dir/f.npz" && archive.arrays == ["a", "b"] && archive.labelPath == nil)
    #expect(try DataSource("f.npz:a").arrays == ["a"])
    #expect(message { try DataSource("a,b,c") }.contains("names more than two files"))
    #expect(message { try DataSource("a.idx,") }.contains("missing beside the comma"))
    #expect(message { try DataSource(",a.idx") }.contains("missing beside the comma"))
    #expect(message { try DataSource("") }.contains("no data are named"))
  }

  @Test func pathsMayHoldCommasAndColons() throws {
    let odd = try files.write(npy([1, 2], [1, 2]), "a,b:c.npy")
    #expect(try all(odd).inputs == [1, 2])
    let labels = try files.write(npy([1], [4]), "y,z.npy")
    #expect(try all("\(odd),\(labels)").labels == [4])
  }

  @Test func otherFormatsAreNamed() throws {
    func text(_ bytes: [UInt8]) throws -> String {
      let path = try files.write(bytes, "a.bin")
      return message { try DataSet(path) }
    }
    #expect(
      try text([0x89, 0x50, 0x4E, 0x47, 0x0D]).contains(
        "is a PNG image; data are IDX, NPY, NPZ, CSV or folders of images: name the folder"))
    #expect(try text([0x89, 0x48, 0x44, 0x46]).contains("an HDF5 file"))
    #expect(try text([1, 2, 3, 4]).contains("no format known here"))
    let x = try files.write(npy([1, 2], [1, 2]), "x.npy")
    #expect(message { try DataSet(x + ":a") }.contains("is no archive of arrays"))
    var source = try DataSource(x)
    source.labelColumn = "last"
    #expect(message { try DataSet(source) }.contains("is no table, so it has no label column"))
  }

  @Test func readsYAML() throws {
    try files.write(npy([2, 12], (0..<24).map { Float($0) }), "x.npy")
    try files.write(idx(8, [2], [7, 8]), "y.idx")
    let path = try files.write(
      """
      # A comment.
      data: x.npy
      labels: y.idx
      scale: 1/2
      mean: [1, 2.5, -3e0]
      std:
        - 1
        - 2
        - 4
      shape: [3, 2, 2]
      """, "a.data.yaml")
    let source = try DataSource(path)
    #expect(source.path == files.path("x.npy") && source.labelPath == files.path("y.idx"))
    #expect(source.preprocessing == Preprocessing(scale: [0.5], mean: [1, 2.5, -3], std: [1, 2, 4]))
    let (inputs, labels, set) = try all(path)
    #expect(set.sampleShape == [3, 2, 2])
    #expect(set.name == path)
    #expect(labels == [7, 8])
    #expect(inputs[4] == (4 * 0.5 - 2.5) / 2)
    // What is said on the command line goes before.
    let other = try DataSet(path, preprocessing: Preprocessing(mean: [0], std: [1]))
    #expect(try other.batches(of: 1).next()?.inputs[4] == 2)

    try files.write("a,b\n1,2\n", "t.csv")
    #expect(try all(files.write("data: t.csv\nlabel-column: b\n", "t.data.yml")).labels == [2])
    let archive = fixture("arrays/ambiguous.npz")
    #expect(try all(files.write("data: '\(archive):test,y'\n", "z.yaml")).labels == [3, 1, 4, 1, 5, 9])
  }

  @Test(arguments: [
    ("data: x.npy\nsclae: 2\n", "line 2: unknown key 'sclae'; the keys are data, labels"),
    ("data: x.npy\n\nmean: [1, two]\n", "line 3: mean: should be a number, or a list"),
    ("data: x.npy\nscale: {a: 1}\n", "line 2: scale: should be a number"),
    ("data: x.npy\nshape: [3, 0]\n", "line 2: shape: should be a list of whole numbers"),
    ("data: x.npy\nshape: [4611686018427387904, 4]\n", "line 2: shape: has more elements"),
    ("data: [x, y]\n", "line 1: data: should be one word"),
    ("scale: 1\n", "has no key 'data'"), ("", "is not a list of keys"), ("- a\n", "is not a list of keys"),
    ("data: x.npy\n\tscale: 1\n", "line 2: not YAML:"), ("data: \"x.npy\n", "not YAML:"),
    ("data: x.npy\ndata: y.npy\n", "the key 'data' occurs twice"),
    ("data: a.yaml\n", "names another YAML file"),
    ("data: x.npy,y.npy\nlabels: z.npy\n", "line 2: labels: labels are named in 'data' already"),
    ("data: a,b,c\n", "line 1: data: a,b,c: names more than two files"), ("? [a]\n: b\n", "unknown key"),
    ("data: *a\n", "not YAML:"),
  ])
  func errorsInYAMLNameTheLine(text: String, expected: String) throws {
    let path = try files.write(text, "a.data.yaml")
    let found = message { try DataSource(path) }
    #expect(found.hasPrefix(path + ": ") && found.contains(expected), "\(found)")
    #expect(!found.contains("\n"))
  }

  @Test func hostileYAMLIsAnError() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(message { try DataSource(files.write("data: " + deep, "d.yaml")) }.contains("YAML"))
    let wide = String(repeating: "{a: ", count: 60_000)
    #expect(message { try DataSource(files.write(wide, "d.yaml")) }.contains("YAML"))
    let block = (0..<400).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(message { try DataSource(files.write(block, "d.yaml")) }.contains("unknown key 'a'"))
    #expect(message { try DataSource(files.write([0xFF, 0xFE, 0x80], "d.yaml")) }.contains("not UTF-8"))
    var bomb = "a0: &a0 [1, 2]\n"
    for level in 1..<40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(message { try DataSource(files.write(bomb, "d.yaml")) }.contains("unknown key 'a0'"))
    #expect(message { try DataSource(files.path("no.yaml")) }.contains("no such file"))
    #expect(
      message { try DataSource(files.write(String(repeating: "#", count: 1 << 19), "d.yaml")) }
        .contains("is too long"))
  }
}
