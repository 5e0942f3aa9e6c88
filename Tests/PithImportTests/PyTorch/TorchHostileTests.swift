import Foundation
import PithGraph
import PithTestSupport
import Testing

@testable import PithImport

/// Damaged and hostile files of PyTorch give an error or a normal result, never a crash.
@Suite struct TorchHostileTests {
  private func pickled(_ bytes: [UInt8]) throws -> [String: TorchWeights.Entry] {
    var reader = PickleReader(bytes)
    return try StateDictionary.tensors(try reader.read(), reader.containers)
  }

  private func entry(_ suffix: String, of file: String) throws -> [UInt8] {
    let owner = ByteOwner(try PyTorchFixture.bytes(file))
    let zip = try ZipFile(owner.raw, owner: owner)
    let name = try #require(zip.entries.first { $0.name.hasSuffix(suffix) }).name
    return try zip.read(name, limit: 1 << 20)
  }

  @Test(arguments: ["dense.pt2", "dense_older.pt2", "dense.pth", "dense.safetensors"])
  func truncationIsAnError(_ name: String) throws {
    let bytes = try PyTorchFixture.bytes(name)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
      let owner = ByteOwner(Array(bytes.prefix(count)))
      #expect(throws: ImportError.self) { try TorchWeightFile.read(owner.raw, owner: owner, name: name) }
      #expect(throws: ImportError.self) { try PyTorchImporter.read(bytes: Array(bytes.prefix(count))) }
    }
  }

  @Test func picklesAreReadTotally() throws {
    for file in ["dense.pth", "dense_protocol4.pth", "dense_checkpoint.pth"] {
      var bytes = try entry("data.pkl", of: file)
      #expect(try pickled(bytes).count == 10)
      for count in bytes.indices {
        #expect(throws: GraphError.self) { try pickled(Array(bytes.prefix(count))) }
      }
      var random = SeededRandom(seed: 5)
      for _ in 0..<4000 {
        let place = Int.random(in: bytes.indices, using: &random)
        let old = bytes[place]
        bytes[place] = UInt8.random(in: 0...255, using: &random)
        _ = try? pickled(bytes)
        if Bool.random(using: &random) { bytes[place] = old }
        if Int.random(in: 0..<20, using: &random) == 0 { bytes = try entry("data.pkl", of: file) }
      }
    }
  }

  @Test func everyInstructionThatRunsSomethingIsRefused() {
    let codes: [(String, [UInt8])] = [
      ("NEWOBJ", [0x80, 2, 0x7d, 0x29, 0x81, 0x2e]), ("INST", Array("(ios\nsystem\n.".utf8)),
      ("OBJ", [0x80, 2, 0x28, 0x6f, 0x2e]), ("EXT1", [0x80, 2, 0x82, 1, 0x2e]),
      ("sets the state", [0x80, 2, 0x4e, 0x7d, 0x62, 0x2e]),
      ("calls something", [0x80, 2, 0x7d, 0x29, 0x52, 0x2e]),
      ("'os.system'", [0x80, 2] + Array("cos\nsystem\n.".utf8)),
      (
        "'builtins.eval'",
        [0x80, 4, 0x8c, 8] + Array("builtins".utf8) + [0x8c, 4] + Array("eval".utf8) + [0x93, 0x2e]
      ),
      ("'torch.hub.load'", [0x80, 2] + Array("ctorch.hub\nload\n.".utf8)),
      ("__main__.Net", [0x80, 2] + Array("c__main__\nNet\n.".utf8)),
    ]
    for (expected, bytes) in codes {
      #expect(failure { _ = try pickled(bytes) }.contains(expected), "\(expected)")
    }
  }

  @Test func deepNestingAndCyclesAreSurvived() {
    // A tuple in a tuple in a tuple, …
    let deep = [0x80, 2, 0x4e] + [UInt8](repeating: 0x85, count: 900_000) + [0x2e]
    #expect(failure { _ = try pickled(deep) }.contains("no dictionary"))
    // A dictionary that holds itself under a name that is looked into.
    let cycle: [UInt8] =
      [0x80, 2, 0x7d, 0x71, 0, 0x58, 5, 0, 0, 0] + Array("model".utf8) + [0x68, 0, 0x73, 0x2e]
    #expect(failure { _ = try pickled(cycle) }.contains("holds no tensors"))
    let endless = [0x80, 2] + [UInt8](repeating: 0x5d, count: 2_000_000)
    #expect(failure { _ = try pickled(endless) }.contains("more than"))
  }

  @Test func absurdTensorsAreRefused() throws {
    func view(_ sizes: [Int], _ strides: [Int]?, offset: Int = 0) -> String {
      failure {
        _ = try [UInt8](repeating: 0, count: 64).withUnsafeBytes {
          try TorchLayout(type: .float32, sizes: sizes, strides: strides, offset: offset).tensor($0)
        }
      }
    }
    #expect(view([4, 4], [4, 1]) == "no error")
    #expect(view([4, 5], nil).contains("reaches beyond"))
    #expect(view([4, 4], [4, 1], offset: 1).contains("reaches beyond"))
    #expect(view([4], [-1]).contains("strides"))
    #expect(view([4], [1], offset: -1).contains("reaches beyond"))
    #expect(view([2], [Int.max]).contains("reaches beyond"))
    #expect(view([3], [Int.max / 2 + 1]).contains("reaches beyond"))
    #expect(view([1 << 40], [0]).contains("impossible"))
    #expect(view([1 << 26], [0]).contains("too often"))
    #expect(view([-1], nil).contains("impossible"))
    #expect(view(Array(repeating: 1, count: 40), nil).contains("axes"))
  }

  @Test func safetensorsAreReadStrictly() throws {
    func message(_ header: String, data: Int = 8) -> String {
      let bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
      let owner = ByteOwner(bytes + Array(header.utf8) + [UInt8](repeating: 0, count: data))
      return failure {
        let weights = try Safetensors.read(owner.raw, owner: owner)
        for name in weights.entries.keys { _ = try weights.tensor(name) }
      }
    }
    func tensor(_ offsets: String, shape: String = "[2]", type: String = "F32") -> String {
      #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }
    #expect(message(#"{"a":\#(tensor("[0,8]"))}"#) == "no error")
    #expect(message(#"{"__metadata__":{"dtype":"x"},"a":\#(tensor("[0,8]"))}"#) == "no error")
    #expect(message(#"{"a":\#(tensor("[0,8]")),"b":\#(tensor("[4,12]"))}"#, data: 12).contains("overlaps"))
    #expect(message(#"{"a":\#(tensor("[4,12]"))}"#, data: 12).contains("gap"))
    #expect(message(#"{"a":\#(tensor("[0,8]"))}"#, data: 12).contains("12 are there"))
    #expect(message(#"{"a":\#(tensor("[0,16]"))}"#).contains("not in the file"))
    #expect(message(#"{"a":\#(tensor("[8,0]"))}"#).contains("not in the file"))
    #expect(message(#"{"a":\#(tensor("[0,8]", shape: "[3]"))}"#).contains("does not fit"))
    #expect(message(#"{"a":\#(tensor("[0,8]", shape: "[4611686018427387904,4]"))}"#).contains("impossible"))
    #expect(message(#"{"a":\#(tensor("[0,8]", type: "F8_E4M3"))}"#).contains("F8_E4M3"))
    #expect(message("{}", data: 0) == "no error")
    #expect(message("[]").contains("damaged"))
    #expect(message(String(repeating: "[", count: 100_000)).contains("header"))
    let owner = ByteOwner([255, 255, 255, 255, 255, 255, 255, 255, 0x7b])
    #expect(failure { _ = try Safetensors.read(owner.raw) }.contains("claims"))
  }

  @Test(arguments: ["dense", "convolutions", "gru", "encoder_first", "shapes", "attention_core", "inplace"])
  func programsAreReadTotally(_ name: String) throws {
    let whole = try entry("models/model.json", of: "\(name).pt2")
    let owner = ByteOwner(try PyTorchFixture.bytes("\(name).pt2"))
    let zip = try ZipFile(owner.raw, owner: owner)
    var random = SeededRandom(seed: 11)
    var errors = 0
    for round in 0..<300 {
      var bytes = whole
      if round % 3 == 0 {
        bytes = Array(bytes.prefix(Int.random(in: bytes.indices, using: &random)))
      } else {
        for _ in 0...(round % 5) { change(&bytes, &random) }
      }
      do {
        guard case .program(let prefix, let model)? = TorchArchive(zip) else { return }
        var file = try TorchProgramFile(zip, prefix: prefix, model: model)
        file.program = try ExportedProgram(json: bytes)
        try PyTorchImporter.translate(file, name: name, weights: nil).verify()
      } catch is ImportError {
        errors += 1
      } catch is GraphError {
        errors += 1
      }
    }
    #expect(errors > 100)
  }

  /// Changes a digit, a name's letter, or makes a number huge or negative.
  private func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
    guard let place = digits.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0x30...0x39, using: &random)
    case 1: bytes.insert(contentsOf: Array("99999999999".utf8), at: place)
    case 2: bytes.insert(UInt8(ascii: "-"), at: place)
    default:
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0x20...0x7e, using: &random)
    }
  }

  @Test func textThatIsNotUTF8IsRefused() throws {
    // Foundation's reader traps at the first of these.
    for bytes: [UInt8] in [[0xe2, 0x28], [0x80], [0xf0, 0x9f], [0xc0, 0x80], [0xed, 0xa0, 0x80]] {
      let key = Array(#"{"graph_module":{"gr"#.utf8) + bytes + Array(#"":1}}"#.utf8)
      #expect(failure { _ = try ExportedProgram(json: key) }.contains("not UTF-8"))
      let cut = Array(#"{"graph_module":{a"#.utf8) + bytes
      #expect(failure { _ = try ExportedProgram(json: cut) }.contains("not UTF-8"))
    }
  }

  @Test(arguments: ["dense.pth", "dense_protocol3.pth", "dense_protocol5.pth"])
  func callsInsideStateDictionariesAreRefused(_ file: String) throws {
    // What pickle.dumps makes of an object whose __reduce__ is (os.system, ("true",)), at the end of the state dict.
    let call = Array("cposix\nsystem\nX\u{4}\0\0\0true\u{85}R.".utf8)
    let harm = call.filter { $0 != 0xc2 }
    let bytes = try entry("data.pkl", of: file).dropLast() + harm
    #expect(
      failure { _ = try pickled(Array(bytes)) }.contains(
        "'posix.system'; Pith never runs what a file asks for"))
  }

  @Test func involvedSizesAreRefused() {
    func message(_ text: String) -> String {
      failure { _ = try TorchExpression.dimension(text) { .symbolic($0) } }
    }
    func nested(_ head: String, _ tail: String, _ count: Int) -> String {
      String(repeating: head, count: count) + "s0" + String(repeating: tail, count: count)
    }
    #expect(message(nested("Mul(2, ", ")", 20)) == "no error")
    #expect(message(nested("Mul(2, ", ")", 25)).contains("does not follow"))
    #expect(message(nested("Mul(2, ", ")", 500)).contains("does not follow"))
    #expect(message(nested("Mul(2, ", ")", 1000)).contains("too involved"))
    #expect(message(nested("Pow(", ", 4)", 20)).contains("too involved"))
    #expect(message("Mul(4611686018427387904, 2)").contains("too large"))
    #expect(message("Add(9223372036854775807, 1)").contains("too large"))
    #expect(message("FloorDiv(s0, 0)") == "no error")
    for text in [
      "", "(", "Mul", "Mul(", "Mul()", "Symbol('s", "Integer(x)", "Mul(2, 3))",
      "Pow(2, 99999999999999999999)",
    ] {
      #expect(message(text) != "")
    }
  }

  @Test func archivesOfOtherThingsAreTold() {
    var archive = TestZip()
    archive.add("readme.txt", [1])
    #expect(failure { _ = try PyTorchImporter.read(bytes: archive.bytes) }.contains("holds no model"))
    archive = TestZip()
    archive.add("../data.pkl", [1])
    #expect(failure { _ = try PyTorchImporter.read(bytes: archive.bytes) }.contains("points outside"))
    archive = TestZip()
    archive.add("m/archive_format", Array("pt2".utf8))
    archive.add("m/models/model.json", Array(repeating: 0, count: 40_000), method: 8, size: 1 << 30)
    #expect(failure { _ = try PyTorchImporter.read(bytes: archive.bytes) }.contains("zip bombs"))
    archive = TestZip()
    archive.add("m/archive_format", Array("pt2".utf8))
    archive.add("m/data/aotinductor/model/x.so", [1])
    #expect(failure { _ = try PyTorchImporter.read(bytes: archive.bytes) }.contains("AOTInductor"))
  }
}
