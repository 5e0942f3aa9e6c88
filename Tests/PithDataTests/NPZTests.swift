import CZlib
import Foundation
import PithData
import Testing

@Suite struct NPZTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  static let samples = (0..<36).map { Float($0 - 10) }
  static let classes = [3, 1, 4, 1, 5, 9]

  @Test(arguments: ["stored", "deflated", "unnamed", "fortran"])
  func readsWhatNumPyWrites(name: String) throws {
    let (inputs, labels, set) = try all(fixture("arrays/\(name).npz"), batch: 4)
    #expect(inputs == Self.samples)
    #expect(labels == Self.classes)
    #expect(set.sampleShape == [2, 3])
  }

  @Test func arraysAreChosenByName() throws {
    let path = fixture("arrays/ambiguous.npz")
    #expect(
      message { try DataSet(path) }
        == "\(path): holds 'train', 'test', 'y'; say which are samples and labels: FILE.npz:SAMPLES,LABELS")
    #expect(try all(path + ":test").labels == nil)
    #expect(try all(path + ":test,y").labels == Self.classes)
    #expect(try all(path + ":train,y").inputs == Self.samples)
    #expect(message { try DataSet(path + ":a,y") }.contains("holds no array 'a', but 'train', 'test', 'y'"))
    #expect(message { try DataSet(path + ":a,b,c") }.contains("write FILE.npz:SAMPLES,LABELS"))
    #expect(message { try DataSet(path + ":") }.contains("write FILE.npz:SAMPLES,LABELS"))
    #expect(Set(try NPZ.read(path).keys) == ["train", "test", "y"])
  }

  @Test func oneHotLabelsBecomeClasses() throws {
    #expect(try all(fixture("arrays/onehot.npz")).labels == Self.classes)
    let path = fixture("arrays/onehot.npz") + ":features,other"
    #expect(message { try all(path) }.contains("not a single 1 among zeros; save class numbers"))
  }

  @Test func skipsInsideDeflatedEntries() throws {
    for name in ["stored", "deflated"] {
      let reader = try DataSet(fixture("arrays/\(name).npz")).batches(of: 10, limit: 2)
      let batch = try #require(try reader.next())
      #expect(batch.indices == [0, 3])
      #expect(batch.labels == [3, 1])
      #expect(batch.inputs == Array(Self.samples[..<6] + Self.samples[18..<24]))
      #expect(try reader.next() == nil)
    }
  }

  @Test func fortranOrderInsideDeflateIsAnError() throws {
    let reader = try DataSet(fixture("arrays/fortran_deflated.npz")).batches(of: 1)
    #expect(message { try reader.next() }.contains("numpy.ascontiguousarray"))
  }

  /// An archive with one stored entry, every part of which can be made wrong.
  private func archive(
    _ name: String, _ content: [UInt8], zip64: Bool = false, method: UInt16 = 0, flags: UInt16 = 0,
    size: UInt32? = nil, checksum: UInt32? = nil, offset: UInt32 = 0, count: UInt16 = 1
  ) -> [UInt8] {
    func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { bigEndian(value).reversed() }
    let crc = checksum ?? UInt32(crc32_z(crc32(0, nil, 0), content, content.count))
    let length = size ?? UInt32(content.count)
    let common = little(UInt16(20)) + little(flags) + little(method) + little(UInt32(0)) + little(crc)
    let sizes = little(zip64 ? UInt32.max : length) + little(zip64 ? UInt32.max : length)
    let names = little(UInt16(name.utf8.count))
    let local =
      little(UInt32(0x0403_4b50)) + common + sizes + names + little(UInt16(0)) + Array(name.utf8) + content
    let extra =
      zip64 ? little(UInt16(1)) + little(UInt16(16)) + little(UInt64(length)) + little(UInt64(length)) : []
    let central =
      little(UInt32(0x0201_4b50)) + little(UInt16(20)) + common + sizes + names
      + little(UInt16(extra.count)) + [UInt8](repeating: 0, count: 10) + little(offset) + Array(name.utf8)
      + extra
    var end: [UInt8] = []
    if zip64 {
      end += little(UInt32(0x0606_4b50)) + little(UInt64(44)) + [UInt8](repeating: 0, count: 12)
      end += little(UInt64(1)) + little(UInt64(1)) + little(UInt64(central.count))
      end += little(UInt64(local.count)) + little(UInt32(0x0706_4b50)) + little(UInt32(0))
      end += little(UInt64(local.count + central.count)) + little(UInt32(1))
    }
    end += little(UInt32(0x0605_4b50)) + little(UInt32(0)) + little(zip64 ? UInt16.max : count)
    end += little(zip64 ? UInt16.max : count) + little(zip64 ? UInt32.max : UInt32(central.count))
    end += little(zip64 ? UInt32.max : UInt32(local.count)) + little(UInt16(0))
    return local + central + end
  }

  @Test func readsZIP64() throws {
    let content = npy([2, 2], [1, 2, 3, 4])
    for zip64 in [false, true] {
      let path = try files.write(archive("x.npy", content, zip64: zip64), "a.npz")
      #expect(try all(path).inputs == [1, 2, 3, 4])
    }
  }

  @Test func badDirectoriesAreErrors() throws {
    let content = npy([2, 2], [1, 2, 3, 4])
    let cases: [(bytes: [UInt8], text: String)] = [
      (archive("x.npy", content, method: 12), "packed by method 12"),
      (archive("x.npy", content, flags: 1), "is encrypted"),
      (archive("x.npy", content, size: 1 << 30), "goes beyond the end"),
      (archive("x.npy", content, size: .max), "goes beyond the end"),
      (archive("x.npy", content, checksum: 1), "the checksum of 'x.npy' does not fit"),
      (archive("x.npy", content, offset: 1), "does not begin where the directory says"),
      (archive("x.npy", content, offset: .max), "lies outside"),
      (archive("x.npy", content, count: 9), "its directory ends inside an entry"),
      (archive("x.npy", content, count: 0), "holds no arrays"),
      (archive("x.npy", Array(content.dropLast())), "cut short or damaged"),
      (archive("x.npy", [1, 2, 3]), "inside the header"),
      (Array(archive("x.npy", content).dropLast(22)), "no directory at its end"),
    ]
    for (bytes, text) in cases {
      let path = try files.write(bytes, "a.npz")
      let found = message { try all(path) }
      #expect(found.contains(text), "\(found)")
      #expect(found.hasPrefix(path))
    }
    #expect(
      message { try DataSet(files.write(archive("x.npy", content), "a.npz.gz")) }.contains(
        "unpack it with gunzip"))
  }
}
