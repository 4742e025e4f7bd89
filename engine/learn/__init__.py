"""What results teach: signal weights now; outcomes and calibration with what measures them."""
