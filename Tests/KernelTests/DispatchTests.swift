import CKernels
import Glibc
import Testing

// A variant is chosen once in a process, so that each choice is tested in a process of its own.
@Suite struct DispatchTests {
  @Test("the plain variant is always there, the best one first")
  func variants() {
    #expect(Variant.all.last?.name == "baseline")
    #expect(Set(Variant.all.map(\.name)).count == Variant.all.count)
    let lanes = Variant.all.map { Int($0.kernels.lanes) }
    #expect(lanes == lanes.sorted(by: >))
    #expect(ccv_kernels_at(-1) == nil)
    #expect(ccv_kernels_at(ccv_kernels_count()) == nil)
  }

  @Test("without CCV_KERNELS the best variant runs")
  func best() async {
    await #expect(processExitsWith: .success) {
      unsetenv("CCV_KERNELS")
      #expect(ccv_kernels_problem() == nil)
      #expect(ccv_active_kernels() == ccv_kernels_at(0))
    }
  }

  @Test("CCV_KERNELS makes the named variant the one that runs", arguments: Variant.all)
  func forced(variant: Variant) async {
    await #expect(processExitsWith: .success) {
      [name = variant.name as String, index = variant.index as Int32] in
      setenv("CCV_KERNELS", name, 1)
      #expect(ccv_kernels_problem() == nil)
      #expect(String(cString: ccv_active_kernels().pointee.name) == name)
      #expect(ccv_active_kernels() == ccv_kernels_at(index))
    }
  }

  @Test("an unknown variant is reported with the names that this CPU runs")
  func unknown() async {
    await #expect(processExitsWith: .success) {
      setenv("CCV_KERNELS", "avx1024", 1)
      let problem = try #require(ccv_kernels_problem().map { String(cString: $0) })
      #expect(problem.contains("avx1024"))
      for variant in Variant.all { #expect(problem.contains(variant.name)) }
      #expect(ccv_active_kernels() == ccv_kernels_at(0))
    }
  }

  @Test("every variant is its own code")
  func distinct() {
    let addresses = Variant.all.map { unsafeBitCast($0.kernels.softmax, to: UInt.self) }
    #expect(Set(addresses).count == Variant.all.count)
  }
}
