import PithGraph
import PithRuntime
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Every operator fixture, from the ONNX file to the runtime's outputs.
@Suite struct OperatorLoweringTests {
  @Test(arguments: ModelFixture.operators, LoweringCase.Batch.allCases)
  func probe(_ fixture: ModelFixture, batch: LoweringCase.Batch) throws {
    let c: LoweringCase
    do { c = try LoweringCase(fixture, batch) } catch {
      print("PROBE \(fixture.name) \(batch) IMPORT \(error)")
      return
    }
    let expected = try c.expected()
    do {
      let p = try Lowering.lower(c.floatModel)
      let o = try c.outputs(of: p)
      for (r, run) in o.enumerated() {
        for (k, out) in run.enumerated() {
          let e = Closeness.relativeError(out, expected[r][k].floats ?? [])
          if e > 1e-4 { print("PROBE \(fixture.name) \(batch) FLOATBAD \(e)") }
          if batch == .recorded {
            let e = Closeness.relativeError(out, try fixture.outputs()[k].floats ?? [])
            if e > 1e-4 { print("PROBE \(fixture.name) \(batch) RECBAD \(e)") }
          }
        }
      }
    } catch { print("PROBE \(fixture.name) \(batch) FLOATFAIL \(error)") }
    do {
      let m = try c.integerModel()
      let f = m.floatNodes.map { $0.node.op.name + ": " + $0.reason }
      if !f.isEmpty { print("PROBE \(fixture.name) \(batch) FLOATNODES \(f)") }
      let p = try Lowering.lower(m)
      let o = try c.outputs(of: p)
      let k = try Lowering.lower(m, keepsIntermediates: true)
      if try c.outputs(of: k) != o { print("PROBE \(fixture.name) \(batch) KEEPDIFF") }
      for isa in PithISA.available {
        if try c.outputs(of: p, isa: isa) != o { print("PROBE \(fixture.name) \(batch) ISADIFF \(isa)") }
      }
      for k in 0..<(expected.first?.count ?? 0) {
        let d = Closeness.decibels(o.flatMap { $0[k] }, expected.flatMap { $0[k].floats ?? [] })
        print("PROBE \(fixture.name) \(batch) DB \(k) \(d)")
      }
    } catch { print("PROBE \(fixture.name) \(batch) INTFAIL \(error)") }
  }
}
