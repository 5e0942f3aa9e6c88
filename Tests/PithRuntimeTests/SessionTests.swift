import CPith
import Glibc
import PithHost
import PithRuntime
import Testing

/// The Swift face of the runtime.
@Suite struct SessionTests {
  static let inputs: [[Float]] = [(0..<40).map { Float($0 % 13) - 4 }]

  @Test func describesAndRuns() throws {
    let model = try PithModel(bytes: Samples.integers().build())
    #expect(model.inputs == [PithInterface(name: "image", shape: [1, 2, 5, 4])])
    #expect(model.outputs == [PithInterface(name: "scores", shape: [1, 8])])
    #expect(model.isa == PithISA.best)
    #expect(model.instructionCount == Samples.Integer.allCases.count)
    #expect(model.text(model.instruction(Samples.Integer.first.rawValue).name) == "first")
    let expected = try GuardedRun.outputs(Samples.integers().build(), Self.inputs)
    #expect(try model.run(inputs: Self.inputs) == expected)
    for isa in PithISA.available {
      let model = try PithModel(bytes: Samples.integers().build(), isa: isa)
      #expect(model.isa == isa)
      #expect(PithISA(description: isa.description) == isa)
      let session = PithSession(model)
      for _ in 0..<3 { #expect(try session.run(inputs: Self.inputs) == expected) }
    }
  }

  @Test func observesEveryInstruction() throws {
    let model = try PithModel(bytes: Samples.integers().build())
    let session = PithSession(model)
    var seen: [Int] = []
    var first: [Float]?
    let outputs = try session.run(inputs: Self.inputs) { number in
      seen.append(number)
      if number == Samples.Integer.quantize.rawValue { first = session.values(ofTensor: 2) }
    }
    #expect(seen == Array(0..<model.instructionCount))
    #expect(outputs == (try session.run(inputs: Self.inputs)))
    // The halo'd map: 6 × 6 pixels of 2 channels; pixel (1, 1) is the first of the input, -4, as the least
    // of its bytes.
    let values = try #require(first)
    #expect(values.count == 72 && values[14] == -1.5 && values[0] == 0)
    #expect(session.bytes(ofTensor: 0) == nil)
  }

  @Test func errorsAreOneClearLine() throws {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch { return "\(error)" }
    }
    let model = try PithModel(bytes: Samples.integers().build())
    #expect(message { _ = try model.run(inputs: []) } == "the model has 1 inputs, but 0 were given")
    #expect(
      message { _ = try model.run(inputs: [[1, 2]]) }
        == "input image of shape [1, 2, 5, 4] takes 40 values, but got 2")
    #expect(
      message { _ = try PithModel(contentsOf: "/no/such.pith") } == "/no/such.pith: No such file or directory"
    )
    #expect(message { _ = try PithModel(contentsOf: "/tmp") } == "/tmp: Is a directory")
    #expect(
      message { _ = try PithModel(bytes: [1, 2, 3, 4, 5], source: "x") } == "x: this is not a .pith file")
    #expect(
      message { _ = try PithModel(bytes: [], source: "x") }
        == "x: the file is shorter than its header says")
    var b = Samples.integers()
    b.instructions[4].window.kernel_h = 0
    let file = b.build()
    #expect(
      message { _ = try PithModel(bytes: file, source: "x") }
        == "x: an instruction's operands or parameters do not fit (instruction 4)")
    let path = "/tmp/pith-session-test-\(getpid()).pith"
    let handle = try #require(fopen(path, "w"))
    let good = Samples.floats().build()
    #expect(fwrite(good, 1, good.count, handle) == good.count)
    fclose(handle)
    defer { unlink(path) }
    #expect(try PithModel(contentsOf: path).fileBytes == good.count)
  }

  @Test func poolRunsEveryPieceOnce() {
    for threads in [1, 2, 4, 9] {
      let pool = ThreadPool(threads: threads)
      #expect(pool.threads == threads)
      for count in [0, 1, 2, 3, 17, 1000] {
        let counts = UnsafeMutablePointer<Int32>.allocate(capacity: count + 1)
        counts.initialize(repeating: 0, count: count + 1)
        nonisolated(unsafe) let cells = counts
        for _ in 0..<50 { pool.forEach(count) { cells[$0] += 1 } }
        #expect((0..<count).allSatisfy { counts[$0] == 50 })
        counts.deallocate()
      }
    }
  }

  @Test func poolsServeSessionsOfManyThreads() throws {
    // A layer that is worth splitting, run by several sessions that share a pool, from within another.
    var b = ProgramBuilder()
    let dims: [UInt32] = [1, 24, 24, 16]
    let input = b.input(dims)
    let x = b.map(dims)
    let y = b.map(dims)
    let output = b.output(dims)
    b.quantize(input, x, strides: IntegerRunTests.dense(dims))
    let rows = (0..<16).map { (c: Int) -> [Int8] in
      (0..<144).map { (k: Int) -> Int8 in Int8((k + c) % 5 - 2) }
    }
    let weights = b.pack(rows)
    let bias = b.perChannel([Int32](repeating: 900, count: 16))
    let multiplier = b.perChannel([Float](repeating: 0.05, count: 16))
    let scratch = UInt32(b.reserve(64))
    b.emit(PITH_OP_CONV, [x], y) {
      $0.window = ProgramBuilder.window(kernel: (3, 3), pads: (1, 1, 1, 1))
      $0.window.tap_bytes = 16
      $0.window.extent = 16
      $0.weights = weights
      $0.bias = bias
      $0.multiplier = multiplier
      $0.scratch = scratch
    }
    b.dequantize(y, output, strides: IntegerRunTests.dense(dims))
    let model = try PithModel(bytes: b.build())
    let values = [(0..<9216).map { Float($0 % 97) }]
    let expected = try model.run(inputs: values)
    let inner = ThreadPool(threads: 3)
    let outer = ThreadPool(threads: 3)
    let wrong = UnsafeMutablePointer<Int32>.allocate(capacity: 60)
    wrong.initialize(repeating: 1, count: 60)
    nonisolated(unsafe) let cells = wrong
    outer.forEach(60) { index in
      let outputs = try? PithSession(model, pool: inner).run(inputs: values)
      cells[index] = outputs == expected ? 0 : 1
    }
    #expect((0..<60).allSatisfy { wrong[$0] == 0 })
    wrong.deallocate()
  }
}
