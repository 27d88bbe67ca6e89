import { Talk } from "./talk";

void new Talk().begin();
