/// What tuning a program gained: everything that `compress tune` tells.
public struct TuningReport: Report, Hashable {
  public var model: String
  public var output: String
  /// The instruction set that it is tuned for, such as `avx512-vnni`.
  public var isa: String
  public var threads: Int
  /// Of the program as it was and as it is now, timed in turn.
  public var before: Latency
  public var after: Latency
  /// The median before over the median after.
  public var speedup: Double
  /// Ways to run that were measured for each instruction.
  public var candidates: Int
  /// The instructions whose plan changed, in the order in which they run.
  public var steps: [Step]

  public init(
    model: String, output: String, isa: String, threads: Int, before: Latency, after: Latency,
    candidates: Int, steps: [Step]
  ) {
    self.model = model
    self.output = output
    self.isa = isa
    self.threads = threads
    self.before = before
    self.after = after
    self.speedup = after.p50 > 0 ? before.p50 / after.p50 : 0
    self.candidates = candidates
    self.steps = steps
  }

  /// One instruction.
  public struct Step: Codable, Sendable, Hashable {
    public var name: String
    public var opcode: String
    /// Medians in microseconds.
    public var before: Double
    public var after: Double
    /// Such as "12 × 2, chunks of 64, by rows".
    public var plan: String

    public init(name: String, opcode: String, before: Double, after: Double, plan: String) {
      self.name = name
      self.opcode = opcode
      self.before = before
      self.after = after
      self.plan = plan
    }

    private enum CodingKeys: String, CodingKey {
      case name, opcode
      case before = "before_us"
      case after = "after_us"
      case plan
    }
  }

  private enum CodingKeys: String, CodingKey {
    case model, output, isa, threads
    case before = "before_us"
    case after = "after_us"
    case speedup, candidates
    case steps = "instructions"
  }
}
