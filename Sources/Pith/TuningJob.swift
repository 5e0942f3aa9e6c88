import CPith
import Foundation

/// `compress tune`: measures the ways in which this machine can run each instruction of a program, and stores the fastest.
public enum TuningJob {
  public struct Request {
    public var modelPath: String
    public var outputPath: String
    /// The kernels to tune for.
    public var isa: PithISA
    public var threads: Int
    /// For each way to run the program.
    public var seconds: Double

    public init(modelPath: String, outputPath: String, isa: PithISA, threads: Int, seconds: Double) {
      self.modelPath = modelPath
      self.outputPath = outputPath
      self.isa = isa
      self.threads = threads
      self.seconds = seconds
    }
  }

  /// How much faster a plan has to be than the one that is there, in every round, so that noise changes nothing: a share, and
  /// microseconds, as the clock resolves no less.
  private static let leastGain = (share: 0.02, microseconds: 0.05)
  /// In turn, so that what disturbs one round does not choose.
  private static let rounds = 3

  /// - Parameter progress: is told how many of how many ways were measured.
  /// - Throws: one sentence, where the file is no program or cannot be written.
  public static func run(
    _ request: Request, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> TuningReport {
    guard request.threads > 0, request.seconds > 0 else {
      throw PithFailure("--threads and --seconds must be more than 0")
    }
    guard case .program(let model) = try LoadedModel(path: request.modelPath, isa: request.isa) else {
      throw PithFailure(
        "\(request.modelPath): only a .pith model can be tuned; make one with compress quantize")
    }
    guard let target = ProgramTarget(isa: model.isa.rawValue) else {
      throw PithFailure("\(model.isa) kernels have nothing to choose; tune for avx2, avx-vnni or avx512-vnni")
    }
    let file = model.content
    let plain = (0..<model.instructionCount).map { model.plan($0) ?? pith_plan() }
    var choices = Choices(plans: plain)
    let candidates = KernelPlanner(target).candidates(threads: request.threads)
    func bytes(with plans: [pith_plan]) throws -> [UInt8] {
      try ProgramFile.adding(
        ProgramPlans(isa: target.isa, plans: plans), to: file,
        threads: Swift.max(request.threads, ProgramFile.usualThreads))
    }
    /// The program with one plan for everything that can be planned: one at a time, as a program may be large.
    func program(_ plan: pith_plan) throws -> PithModel {
      let plans = plain.indices.map { isPlanned(model.instruction($0), in: model) ? plan : plain[$0] }
      return try PithModel(bytes: bytes(with: plans), source: request.modelPath, isa: request.isa)
    }
    var trials = [[Trial]](repeating: [], count: candidates.count)
    for round in 0..<rounds {
      for (index, plan) in candidates.enumerated() {
        // Next to each other, as a clock that is raised for some seconds makes whatever runs then faster.
        let seconds = request.seconds / Double(2 * rounds)
        let before = try Benchmark.instructionTimes(of: model, seconds: seconds, threads: request.threads)
        let after = try Benchmark.instructionTimes(
          of: program(plan), seconds: seconds, threads: request.threads)
        trials[index].append(Trial(before: before, after: after))
        progress(round * candidates.count + index + 1, rounds * candidates.count)
      }
    }
    for number in 0..<model.instructionCount where isPlanned(model.instruction(number), in: model) {
      let able = candidates.indices.filter { KernelPlanner.can(candidates[$0], model.instruction(number)) }
      let found = able.compactMap { index in
        Trial.gain(of: number, in: trials[index]).map { (index: index, gain: $0) }
      }
      guard let best = found.min(by: { $0.gain.ratio < $1.gain.ratio }) else { continue }
      choices.take(candidates[best.index], number, before: best.gain.before, after: best.gain.after)
    }
    let tuned = try bytes(with: choices.plans)
    let after = try PithModel(bytes: tuned, source: request.modelPath, isa: request.isa)
    let measured = try Benchmark.alternate(
      [
        try Benchmark.runs(of: model, batch: 1, threads: request.threads),
        try Benchmark.runs(of: after, batch: 1, threads: request.threads),
      ], seconds: request.seconds)
    try AtomicFile.write(tuned, to: request.outputPath)
    return TuningReport(
      model: request.modelPath, output: request.outputPath, isa: model.isa.description,
      threads: request.threads, before: measured[0].latency, after: measured[1].latency,
      candidates: candidates.count,
      steps: choices.changed.map { change in
        let record = model.instruction(change.number)
        return TuningReport.Step(
          name: model.text(model.tensor(Int(record.output)).name), opcode: OpcodeName.of(record),
          before: change.before, after: change.after,
          plan: PlanText.of(choices.plans[change.number]) ?? "as the runtime decides")
      })
  }

  /// Whether a program has anything that its kernels can run in several ways.
  static func isWorthPlanning(_ model: PithModel) -> Bool {
    ProgramTarget(isa: model.isa.rawValue) != nil
      && (0..<model.instructionCount).contains { isPlanned(model.instruction($0), in: model) }
  }

  /// Times of all instructions in microseconds, as the file is and with another plan.
  private struct Trial {
    var before: [Double]
    var after: [Double]

    /// What an instruction gains, as the round in the middle shows it; nil where not every round does.
    static func gain(of number: Int, in rounds: [Trial]) -> (before: Double, after: Double, ratio: Double)? {
      let times = rounds.map { (before: $0.before[number], after: $0.after[number]) }
      let isFaster = times.allSatisfy {
        $0.after < $0.before * (1 - leastGain.share) && $0.after < $0.before - leastGain.microseconds
      }
      guard isFaster else { return nil }
      let ordered = times.map { (before: $0.before, after: $0.after, ratio: $0.after / $0.before) }
        .sorted { $0.ratio < $1.ratio }
      return ordered[ordered.count / 2]
    }
  }

  /// Only dense convolutions of several pixels can be run in several ways.
  private static func isPlanned(_ instruction: pith_instruction, in model: PithModel) -> Bool {
    UInt32(instruction.opcode) == PITH_OP_CONV.rawValue
      && model.tensor(Int(instruction.output)).sizes.dropLast().reduce(1, *) > 1
  }

  /// What was chosen so far.
  private struct Choices {
    var plans: [pith_plan]
    var changed: [(number: Int, before: Double, after: Double)] = []

    mutating func take(_ plan: pith_plan, _ number: Int, before: Double, after: Double) {
      plans[number] = plan
      changed.append((number, before, after))
    }
  }
}

/// A plan in words; nil where it leaves all to the runtime.
enum PlanText {
  static func of(_ plan: pith_plan) -> String? {
    var parts: [String] = []
    let isWinograd = UInt32(plan.algorithm) == PITH_ALGORITHM_WINOGRAD.rawValue
    if isWinograd { parts.append("Winograd, \(plan.chunk) tiles") }
    if plan.pixels > 0 || plan.blocks > 0 { parts.append("\(plan.pixels) × \(plan.blocks)") }
    if plan.chunk > 0 && !isWinograd { parts.append("chunks of \(16 * Int(plan.chunk))") }
    switch UInt32(plan.axis) {
    case PITH_AXIS_ROWS.rawValue: parts.append("by rows")
    case PITH_AXIS_PIXELS.rawValue: parts.append("by pixels")
    case PITH_AXIS_CHANNELS.rawValue: parts.append("by channels")
    default: break
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
