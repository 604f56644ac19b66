print("ccv")
