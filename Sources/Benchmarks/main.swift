print("ccv-bench")
