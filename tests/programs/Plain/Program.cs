return await Run.Calls();
